// The page of an order: how far it is, the receipt, where it goes, and what has happened.
import Link from 'next/link';
import { money } from '@/lib/money';
import type { ShownOrder } from '@/lib/shopper';
import { parcelsOf } from '@/lib/tracking';
import { PrintButton } from './print-button';
import { Receipt, Recipient } from './receipt';
import { Parcels, Timeline } from './tracking';
import { When } from './when';

/** What has just happened to it. */
export type News = 'thanks' | 'already' | null;

function title(order: ShownOrder, news: News): string {
  if (order.payment_status !== 'paid' || !news) return `Order ${order.number}`;
  return news === 'thanks' ? 'Thank you.' : 'This order is paid already.';
}

/** Where it stands, in a few sentences. */
function Standing({ order, news }: { order: ShownOrder; news: News }) {
  const { status, payment_status, refunded_amount, currency, timeline, created_at } = order;
  const paid = payment_status === 'paid';
  const back = status !== 'refunded' && refunded_amount > 0;
  return (
    <p className="mt-3 mb-8 text-lg text-soft print:hidden" role="status">
      {paid && news === 'thanks' && 'Your payment has arrived, and the order is yours.'}
      {paid && news === 'already' && 'You were charged once, and not again.'}
      {paid && !news && <>Paid on <When at={timeline.findLast(({ kind }) => kind === 'paid')?.at ?? created_at} />.</>}
      {status === 'pending' && 'It is not paid yet.'}
      {status === 'expired' && 'It was not paid in time, so what was in it went back on the shelf. Nothing was charged.'}
      {status === 'paid' && order.fulfillment_status === 'partial' && ' A part of it is on its way to you.'}
      {status === 'shipped' && ' It is on its way to you.'}
      {status === 'delivered' && ' It has arrived.'}
      {status === 'refunded' && 'It was paid, and the money has gone back to you.'}
      {status === 'cancelled' && 'It was taken back before it was paid. Nothing was charged.'}
      {back && ` ${money(refunded_amount, currency)} of it has gone back to you.`}
    </p>
  );
}

export function OneOrder({ order, news }: { order: ShownOrder; news: News }) {
  const parcels = parcelsOf(order);
  return (
    <div className="mx-auto max-w-xl pt-10 print:flex print:flex-col print:pt-0">
      <h1 className="text-4xl font-bold tracking-tight print:sr-only" data-status={order.status}>{title(order, news)}</h1>
      <Standing order={order} news={news} />
      <Parcels parcels={parcels} className="mb-8 print:mt-6 print:mb-0" />
      <div className="print:order-first"><Receipt order={order} /></div>
      <Recipient order={order} className="mt-6" />
      <Timeline events={order.timeline} parcels={parcels} currency={order.currency} />
      <div className="mt-8 flex flex-wrap gap-3 print:hidden">
        {order.can_cancel && <Link href={`/checkout/${order.id}`} prefetch={false} className="button-main">Pay it</Link>}
        <PrintButton />
        <Link href="/orders" prefetch={false} className="button-quiet">All your orders</Link>
        <Link href="/" prefetch={false} className="button-quiet">Back to the shop</Link>
      </div>
    </div>
  );
}
