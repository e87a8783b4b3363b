const paths = {
  search: 'M17.5 10.5a7 7 0 1 1-14 0 7 7 0 0 1 14 0Zm-2 5L21 21',
  down: 'm6 9 6 6 6-6',
  bag: 'M5 8h14l1 13H4L5 8Zm4 0V6a3 3 0 0 1 6 0v2',
  close: 'M5 5l14 14M19 5 5 19',
  minus: 'M5 12h14',
  plus: 'M12 5v14M5 12h14',
  filter: 'M4 7h16M7 12h10M10 17h4',
};

export function Icon({ name, className = 'size-5' }: { name: keyof typeof paths; className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={className} fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
