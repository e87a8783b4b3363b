/** The shop's mark: half a coin. */
export function Mark({ className = '' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" strokeWidth="3" />
      <path d="M16 5.5a10.5 10.5 0 0 1 0 21Z" fill="currentColor" />
    </svg>
  );
}
