// An order as a till prints it.
import Link from 'next/link';
import { productPath } from '@/lib/filters';
import { money } from '@/lib/money';
import { shop } from '@/lib/shop';
import type { ShownOrder } from '@/lib/shopper';
import { Mark } from './header';

/** How an order is called: its id's last part, which is chance. */
export const orderNumber = (id: string) => id.slice(-8).toUpperCase();

// In one time zone for server and browser, so that both write the same.
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

export function When({ at, withTime = false }: { at: string; withTime?: boolean }) {
  const date = new Date(at);
  return <time dateTime={at}>{day.format(date)}{withTime && `, ${time.format(date)} UTC`}</time>;
}

export const statusWords: Record<ShownOrder['status'], string> = {
  pending: 'Waiting to be paid',
  paid: 'Paid',
  cancelled: 'Cancelled',
  expired: 'Expired',
  refunded: 'Refunded',
};

export function Receipt({ order, title = 'Receipt' }: { order: ShownOrder; title?: string }) {
  return (
    <section aria-label={title} className="receipt figures bg-sunken px-6 sm:px-8">
      <div className="flex flex-col items-center gap-2 pb-6 text-center">
        <Mark className="size-8 text-accent" />
        <p className="text-lg font-bold tracking-tight">{shop.name}</p>
        <p className="text-sm text-soft">Order {orderNumber(order.id)}<br /><When at={order.created_at} withTime /></p>
      </div>
      <ul className="flex flex-col gap-3 border-y border-dashed border-soft/40 py-5">
        {order.lines.map(({ id, quantity, price, product }) => (
          <li key={id} className="flex items-end gap-2">
            <span className="max-w-[70%]">
              {quantity} × {product ? <Link href={productPath(id)} prefetch={false} className="hover:underline">{product.name}</Link> : 'Something no longer sold'}
            </span>
            <span className="leader" aria-hidden="true" />
            <span>{money(price * quantity, order.currency)}</span>
          </li>
        ))}
      </ul>
      <p className="flex justify-between pt-5 text-xl font-bold"><span>Total</span><span data-testid="order-total">{money(order.total_amount, order.currency)}</span></p>
      <p className="pt-1 text-right text-sm text-soft">{statusWords[order.status]}</p>
    </section>
  );
}
