// What the checkout shows of an order that was made and waits to be paid.
import type { ShownOrder } from '@/lib/shopper';
import { Receipt } from './receipt';
import { Reopen } from './reopen';

export { Recipient } from './receipt';

export function OrderSummary({ order }: { order: ShownOrder }) {
  return (
    <>
      <Receipt order={order} title="What you are paying for" />
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3 text-sm text-soft">
        <p>We hold this for you while you pay.</p>
        <Reopen order={order.id} className="min-h-11 underline underline-offset-4 hover:text-ink" />
      </div>
    </>
  );
}
