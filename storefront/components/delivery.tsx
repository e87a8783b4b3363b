import type { ShippingMethod } from 'till-client';
import { delivery } from '@/lib/catalogue';
import { days } from '@/lib/checkout';
import { money } from '@/lib/money';
import { tight } from '@/lib/tight';

const priceOf = ({ tiers }: ShippingMethod) => {
  const least = Math.min(...tiers.map(({ price }) => price));
  return least === 0 ? 'free' : `${tiers.length > 1 ? 'from ' : ''}${money(least)}`;
};

/** How a thing is sent, how long that takes and what it costs. `ships`: false for what is not sent at all. */
export async function Delivery({ ships }: { ships: boolean }) {
  const { methods, isTaxIncluded } = await delivery();
  return (
    <section aria-labelledby="delivery" className="mt-8 rounded-2xl bg-sunken p-5 sm:p-6">
      <h2 id="delivery" className="font-semibold">Delivery</h2>
      {!ships && <p className="mt-2 text-soft">Nothing is sent for this: it is yours once it is paid.</p>}
      {ships && methods.length > 0 && (
        <ul className="mt-3 flex flex-col gap-2">
          {methods.map(method => (
            <li key={method.id} className="flex justify-between gap-4">
              <span>{method.name}<span className="block text-sm text-soft">{tight([days(method), method.free_from !== null && `free from ${money(method.free_from)}`].filter(Boolean).join(', '))}</span></span>
              <span className="figures whitespace-nowrap">{priceOf(method)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-3 text-sm text-soft">{isTaxIncluded ? 'Prices include the tax. ' : 'Tax is added at the checkout. '}Nothing is charged before you have seen the total.</p>
    </section>
  );
}
