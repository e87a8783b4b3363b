'use client';
// The shopper's own pages: cart, orders, one order. Each is given its data by the server, or reads it (found.tsx).
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { reopenForm } from '@/app/actions';
import { money } from '@/lib/money';
import type { ShopperCalls, ShownOrder } from '@/lib/shopper';
import { useCart } from './cart';
import { EmptyCart } from './cart-drawer';
import { CartLines, CartProblem, Checkout } from './cart-lines';
import { ShopperData } from './found';
import { Missing } from './missing';
import { Picture } from './picture';
import { orderNumber, Receipt, statusWords, When } from './receipt';

const readOrders = (calls: ShopperCalls) => calls.orders();

function Title({ children }: { children: React.ReactNode }) {
  return <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">{children}</h1>;
}

export function CartView({ refused, orders }: { refused: boolean; orders: ShownOrder[] | null }) {
  const { items } = useCart();
  return (
    <div className="pt-8">
      <Title>Your cart</Title>
      <div className="mt-6 flex flex-col gap-3 empty:hidden">
        <CartProblem refused={refused} />
        <ShopperData given={orders} read={readOrders}>{orders => <Waiting orders={orders} />}</ShopperData>
      </div>
      {items.length === 0 ? <EmptyCart /> : (
        <div className="mt-4 grid gap-10 lg:grid-cols-[1fr_22rem] lg:gap-16">
          <CartLines />
          <section aria-label="Total" className="self-start rounded-3xl bg-sunken p-6 lg:sticky lg:top-8"><Checkout /></section>
        </div>
      )}
    </div>
  );
}

/** An order that was made and not paid: it can be gone on with, or taken back. */
function Waiting({ orders }: { orders: ShownOrder[] }) {
  return orders.filter(order => order.status === 'pending').map(order => (
    <div key={order.id} className="flex flex-wrap items-center justify-between gap-3 rounded-2xl bg-wash px-5 py-3">
      <p>Order {orderNumber(order.id)}, {money(order.total_amount, order.currency)}, is waiting to be paid.</p>
      <div className="flex flex-wrap gap-2">
        <Reopen order={order.id} />
        <Link href={`/checkout/${order.id}`} prefetch={false} className="button-main">Pay it</Link>
      </div>
    </div>
  ));
}

/** Takes an order back that is not paid: what was in it is in the cart again. */
export function Reopen({ order, className = 'button-quiet' }: { order: string; className?: string }) {
  const { calls, reread } = useCart();
  const router = useRouter();
  return (
    <form
      action={reopenForm}
      onSubmit={async event => {
        event.preventDefault();
        const { problem } = await (await calls()).reopen(order);
        reread();
        router.push(problem ? '/cart?refused' : '/cart');
        router.refresh(); // where one is there already
      }}
    >
      <input type="hidden" name="order" value={order} />
      <button className={className}>Change it</button>
    </form>
  );
}

export function OrdersView({ orders }: { orders: ShownOrder[] | null }) {
  return (
    <div className="pt-8">
      <Title>Your orders</Title>
      <ShopperData given={orders} read={readOrders}>
        {orders => (orders.length === 0 ? (
          <div className="flex flex-col items-start gap-4 py-12">
            <p className="text-lg font-semibold">You have not ordered anything yet.</p>
            <p className="max-w-prose text-soft">There are no accounts here: this browser’s cookie is what knows your orders, so another browser will not.</p>
            <Link href="/search" prefetch={false} className="button-quiet">Look around</Link>
          </div>
        ) : <ul className="mt-6 divide-y divide-line border-y border-line">{orders.map(order => <OrderRow key={order.id} order={order} />)}</ul>)}
      </ShopperData>
    </div>
  );
}

const PICTURES = 4;
const colours: Record<ShownOrder['status'], string> = {
  paid: 'bg-wash text-accent', pending: 'bg-warn-wash text-warn', cancelled: 'bg-sunken text-soft', expired: 'bg-sunken text-soft',
  refunded: 'bg-sunken text-soft',
};

function OrderRow({ order }: { order: ShownOrder }) {
  const count = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <li className="relative flex items-center gap-x-6 py-5">
      <div className="hidden -space-x-3 sm:flex">
        {order.lines.slice(0, PICTURES).map(({ id, product }) => product && <Picture key={id} product={product} size={56} className="w-14! rounded-full border-2 border-ground" />)}
      </div>
      <div className="grow">
        <h2 className="font-medium"><Link href={order.status === 'pending' ? `/checkout/${order.id}` : `/orders/${order.id}`} prefetch={false} className="after:absolute after:inset-0">Order {orderNumber(order.id)}</Link></h2>
        <p className="text-sm text-soft"><When at={order.created_at} />, {count === 1 ? '1 thing' : `${count} things`}</p>
      </div>
      <div className="flex flex-col items-end gap-2 sm:flex-row-reverse sm:items-center sm:gap-6">
        <p className="figures font-medium sm:w-24 sm:text-right">{money(order.total_amount, order.currency)}</p>
        <p className={`rounded-full px-3 py-1 text-sm font-medium ${colours[order.status]}`}>{statusWords[order.status]}</p>
      </div>
    </li>
  );
}

/** `news`: what has just happened to it. */
export function OrderView({ id, order, news }: { id: string; order: ShownOrder | null; news: 'thanks' | 'already' | null }) {
  return <ShopperData given={order} read={calls => calls.order(id)} missing={<Missing what="order" />}>{order => <OneOrder order={order} news={news} />}</ShopperData>;
}

function OneOrder({ order, news }: { order: ShownOrder; news: 'thanks' | 'already' | null }) {
  const paid = order.status === 'paid';
  return (
    <div className="mx-auto max-w-xl pt-10">
      <h1 className="text-4xl font-bold tracking-tight" data-status={order.status}>{paid && news === 'thanks' ? 'Thank you.' : paid && news === 'already' ? 'This order is paid already.' : `Order ${orderNumber(order.id)}`}</h1>
      <p className="mt-3 mb-8 text-lg text-soft" role="status">
        {paid && news === 'thanks' && 'Your payment has arrived, and the order is yours.'}
        {paid && news === 'already' && 'You were charged once, and not again.'}
        {paid && !news && <>Paid on <When at={order.created_at} />.</>}
        {order.status === 'pending' && 'It is not paid yet.'}
        {order.status === 'expired' && 'It was not paid in time, so what was in it went back on the shelf. Nothing was charged.'}
        {order.status === 'refunded' && 'It was paid, and the money has gone back to you.'}
        {order.status === 'cancelled' && 'It was taken back before it was paid. Nothing was charged.'}
      </p>
      <Receipt order={order} />
      <div className="mt-8 flex flex-wrap gap-3">
        {order.status === 'pending' && <Link href={`/checkout/${order.id}`} prefetch={false} className="button-main">Pay it</Link>}
        <Link href="/orders" prefetch={false} className="button-quiet">All your orders</Link>
        <Link href="/" prefetch={false} className="button-quiet">Back to the shop</Link>
      </div>
    </div>
  );
}
