// The shopper's orders.
import Link from 'next/link';
import { money } from '@/lib/money';
import type { ShownOrder } from '@/lib/shopper';
import { statusWords } from '@/lib/tracking';
import { Picture } from './picture';
import { When } from './when';

export function OrderList({ orders }: { orders: ShownOrder[] }) {
  if (orders.length === 0) return <NoOrders />;
  return (
    <>
      <ul className="mt-6 divide-y divide-line border-y border-line">{orders.map(order => <OrderRow key={order.id} order={order} />)}</ul>
      <p className="mt-6 text-soft">Ordered in another browser? <FindOne /></p>
    </>
  );
}

function NoOrders() {
  return (
    <div className="flex flex-col items-start gap-3 pt-6 pb-4">
      <p className="text-lg font-semibold">You have not ordered anything yet.</p>
      <p className="max-w-prose text-soft">There are no accounts here: this browser’s cookie is what knows your orders. Ordered in another one? <FindOne /></p>
      <Link href="/search" prefetch={false} className="button-main">Look around</Link>
    </div>
  );
}

const FindOne = () => <Link href="/orders/find" prefetch={false} className="link">Find an order by its number</Link>;

const PICTURES = 4;
const colours: Record<string, string> = {
  paid: 'bg-wash text-accent', shipped: 'bg-wash text-accent', delivered: 'bg-wash text-accent', pending: 'bg-warn-wash text-warn',
};

function OrderRow({ order }: { order: ShownOrder }) {
  const count = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  const to = order.shipping_address;
  const sent = to && [`to ${to.name}`, order.shipping_method && `by ${order.shipping_method}`].filter(Boolean).join(' ');
  return (
    <li className="relative flex items-center gap-x-6 py-5">
      <div className="hidden -space-x-3 sm:flex">
        {order.items.slice(0, PICTURES).map(item => <Picture key={item.line} product={item} size={56} className="w-14! rounded-full border-2 border-ground" />)}
      </div>
      <div className="grow">
        <h2 className="font-medium"><Link href={order.status === 'pending' ? `/checkout/${order.id}` : `/orders/${order.id}`} prefetch={false} className="after:absolute after:inset-0">Order {order.number}</Link></h2>
        <p className="text-sm text-soft"><When at={order.created_at} />, {count === 1 ? '1 thing' : `${count} things`}{sent && `, ${sent}`}</p>
      </div>
      <div className="flex flex-col items-end gap-2 sm:flex-row-reverse sm:items-center sm:gap-6">
        <p className="figures font-medium sm:w-24 sm:text-right">{money(order.total_amount, order.currency)}</p>
        <p className={`rounded-full px-3 py-1 text-sm font-medium ${colours[order.status] ?? 'bg-sunken text-soft'}`}>{statusWords(order)}</p>
      </div>
    </li>
  );
}
