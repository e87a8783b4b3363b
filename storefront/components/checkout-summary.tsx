'use client';
// What is about to be ordered, and what it comes to.
import Link from 'next/link';
import type { CartItem } from 'till-client';
import { money } from '@/lib/money';
import { tight } from '@/lib/tight';
import { Picture } from './picture';
import { Totals } from './totals';
import type { LiveQuote } from './use-quote';

const SCROLLS_FROM = 5; // lines

export function CheckoutSummary({ items, quoting, ships }: { items: CartItem[]; quoting: LiveQuote; ships: boolean }) {
  const { quote, busy, problem } = quoting;
  const short = quote?.short ?? [];
  const scrolls = items.length >= SCROLLS_FROM;
  return (
    <section aria-label="Your order" className="rounded-3xl bg-sunken p-5 sm:p-7">
      <ul className={`flex flex-col gap-4 ${scrolls ? 'max-h-72 overflow-y-auto' : ''}`} tabIndex={scrolls ? 0 : undefined} aria-label="In the cart">
        {items.map(({ product, quantity }) => {
          const less = short.find(({ product_id }) => product_id === product.id);
          return (
            <li key={product.id} className="flex items-center gap-4">
              <Picture product={product} size={56} className="w-14! shrink-0 rounded-lg" />
              <div className="min-w-0 grow">
                <p className="line-clamp-2 leading-snug font-medium wrap-anywhere">{tight(product.name)}</p>
                <p className={less ? 'text-sm font-medium text-warn' : 'text-sm text-soft'}>
                  {less ? (less.available > 0 ? `Only ${less.available} left` : 'Sold out') : `${quantity} × ${money(product.price)}`}
                </p>
              </div>
              <p className="figures font-medium">{money(product.price * quantity)}</p>
            </li>
          );
        })}
      </ul>
      <p role="alert" className={short.length > 0 || problem ? 'mt-5 rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>
        {problem ?? (short.length > 0 && 'Not everything is there any more. Change your cart to go on.')}
      </p>
      <div className={`mt-5 border-t pt-5 ${busy ? 'border-accent' : 'border-line'}`} aria-busy={busy} aria-live="polite" data-testid="totals">
        {quote
          ? <Totals amounts={quote} shipping={quote.shipping_options.length > 0 && quoting.method ? optionName(quoting) : null} mayShip={ships} mayTax testId="total" />
          : <p className="min-h-24 text-soft">The total is being added up …</p>}
      </div>
      <Link href="/cart" prefetch={false} className="link mt-4 inline-block py-1 text-sm">Change the cart</Link>
    </section>
  );
}

const optionName = ({ quote, method }: LiveQuote) => quote?.shipping_options.find(({ id }) => id === method)?.name ?? '';
