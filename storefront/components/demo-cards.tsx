// Below the mock provider's fields: the cards that it takes. card-form.tsx fills in what is clicked.
import { testCards } from '@/lib/cards';

export function DemoCards() {
  return (
    <fieldset className="mt-6 rounded-2xl border border-line px-5 pt-3 pb-4 text-sm text-soft">
      <legend className="px-1 font-medium text-ink">This is a demonstration: no money moves</legend>
      <p>Any date to come and any code will do. A card that …</p>
      <ul className="mt-2 flex flex-col">
        {testCards.map(({ number, says }) => (
          <li key={number} className="flex items-center justify-between gap-3">
            <span>{says}</span>
            <button type="button" data-card={number} className="link figures min-h-10">{number}</button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
