import { Icon } from './icons';

/**
 * How many of it. As `submit`, its buttons send the form they are in, with the new `quantity`: that works without a script.
 * `least` is 1 where there is another way to remove it.
 */
export function Stepper({ value, most, name, type, onStep }: {
  value: number;
  most: number;
  name: string;
  type: 'button' | 'submit';
  onStep?: (value: number) => void;
}) {
  const step = (to: number, label: string, icon: 'minus' | 'plus') => {
    const off = to < 1 || to > most;
    return (
      <button
        type={type} name={type === 'submit' ? 'quantity' : undefined} value={to} aria-label={`${label}: ${name}`}
        aria-disabled={off} className={`grid size-11 place-items-center rounded-full ${off ? 'text-line' : 'hover:bg-sunken'}`}
        onClick={event => {
          if (off) event.preventDefault(); // not disabled, which would take the focus away
          else onStep?.(to);
        }}
      >
        <Icon name={icon} className="size-4" />
      </button>
    );
  };
  return (
    <div className="flex items-center rounded-full border border-line bg-raised" role="group" aria-label={`Quantity of ${name}`}>
      {step(value - 1, 'One fewer', 'minus')}
      <output className="figures w-7 text-center font-semibold" aria-label="Quantity">{value}</output>
      {step(value + 1, 'One more', 'plus')}
    </div>
  );
}
