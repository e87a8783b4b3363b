// An order as a till prints it, and to whom it goes.
import Link from 'next/link';
import type { OrderAddress } from 'till-client';
import { productPath } from '@/lib/filters';
import { money } from '@/lib/money';
import { shop } from '@/lib/shop';
import type { ShownOrder } from '@/lib/shopper';
import { tight } from '@/lib/tight';
import { statusWords } from '@/lib/tracking';
import { Mark } from './mark';
import { Totals, taxNames } from './totals';
import { When } from './when';

/** What of a line was sent, as long as that is not the same for all of them. */
function sentWords({ quantity, shipped_quantity: sent }: ShownOrder['items'][number], { fulfillment_status }: ShownOrder): string | null {
  if (fulfillment_status !== 'partial') return null;
  return sent >= quantity ? 'Sent' : `${sent} of ${quantity} sent`;
}

export function Receipt({ order, title = 'Receipt' }: { order: ShownOrder; title?: string }) {
  return (
    <section aria-label={title} className="receipt figures bg-sunken px-6 sm:px-8">
      <div className="flex flex-col items-center gap-2 pb-6 text-center">
        <Mark className="size-8 text-accent print:text-ink" />
        <p className="text-lg font-bold tracking-tight">{shop.name}</p>
        <p className="text-sm text-soft">Order <span data-testid="order-number">{order.number}</span><br /><When at={order.created_at} withTime /></p>
      </div>
      <ul className="flex flex-col gap-3 border-y border-dashed border-soft/40 py-5">
        {order.items.map(item => (
          <li key={item.line}>
            <div className="flex items-end gap-2">
              <span className="max-w-[70%] wrap-anywhere">{item.quantity} × <Link href={productPath(item.product_id)} prefetch={false} className="hover:underline">{tight(item.name)}</Link></span>
              <span className="leader" aria-hidden="true" />
              <span>{money(item.price_at_purchase * item.quantity, order.currency)}</span>
            </div>
            <p className="text-sm text-soft empty:hidden">{sentWords(item, order)}</p>
          </li>
        ))}
      </ul>
      <div className="pt-5"><Totals amounts={{ ...order, tax_included: !!order.tax_included }} shipping={order.shipping_method} tax={taxNames(order)} testId="order-total" /></div>
      <p className="pt-1 text-right text-sm text-soft">
        {statusWords(order)}{order.refunded_amount > 0 && `, ${money(order.refunded_amount, order.currency)} refunded`}
      </p>
    </section>
  );
}

const countryNames = new Intl.DisplayNames(shop.locale, { type: 'region' });

/** As it stands on a parcel. */
function Lines({ address }: { address: OrderAddress }) {
  const { name, company, line1, line2, postal_code, city, region, country } = address;
  const town = [[postal_code, city].filter(Boolean).join(' '), region].filter(Boolean).join(', ');
  const lines = [name, company, line1, line2, town, countryNames.of(country)].filter(Boolean);
  return ( // browsers may know a country by a newer name than this server
    <address className="not-italic">{lines.map((line, i) => <span key={i} className="block" suppressHydrationWarning>{line}</span>)}</address>
  );
}

/** Where an order goes, how, and to whom the shop writes. Nothing if it has none of that. */
export function Recipient({ order, className = '' }: { order: ShownOrder; className?: string }) {
  const { email, shipping_address: to, billing_address: billing, shipping_method: method, note } = order;
  const parts = [
    to && ['Goes to', <Lines key="" address={to} />],
    billing && ['Billed to', <Lines key="" address={billing} />],
    method && ['Sent by', method],
    (email || to?.phone) && ['Contact', <span key="">{email}{email && to?.phone && <br />}{to?.phone}</span>],
    note && ['Your note', note],
  ].filter(part => !!part);
  if (parts.length === 0) return null;
  return (
    <dl aria-label="Delivery" data-testid="recipient" className={`grid gap-x-8 gap-y-5 rounded-2xl border border-line p-6 wrap-anywhere sm:grid-cols-2 ${className}`}>
      {parts.map(([term, what]) => <div key={String(term)}><dt className="text-sm text-soft">{term}</dt><dd className="mt-0.5">{what}</dd></div>)}
    </dl>
  );
}
