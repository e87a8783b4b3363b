'use client';
// The cart's own page.
import Link from 'next/link';
import { useEffect, type ReactNode } from 'react';
import { money } from '@/lib/money';
import type { ShopperCalls, ShownOrder } from '@/lib/shopper';
import { useCart } from './cart';
import { EmptyCart } from './cart-contents';
import { CartLines, CartProblem, Checkout } from './cart-lines';
import { ShopperData } from './found';
import { Reopen } from './reopen';

const readWaiting = (calls: ShopperCalls) => calls.orders('pending');

/** `leadOn` is shown if the cart is empty. */
export function CartView({ said, orders, leadOn }: { said: string | null; orders: ShownOrder[] | null; leadOn: ReactNode }) {
  const { items, refresh } = useCart();
  useEffect(() => { if (said) refresh(); }, [said, refresh]); // what is in the browser is not what is there
  return (
    <div className="pt-8">
      <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">Your cart</h1>
      <div className="mt-6 flex flex-col gap-3 empty:hidden">
        <CartProblem said={said} />
        <ShopperData given={orders} read={readWaiting}>{orders => <Waiting orders={orders} />}</ShopperData>
      </div>
      {items.length === 0 ? <><EmptyCart />{leadOn}</> : (
        <div className="mt-4 grid gap-10 lg:grid-cols-[1fr_22rem] lg:gap-16">
          <CartLines />
          <section aria-label="Total" className="self-start rounded-3xl bg-sunken p-6 lg:sticky lg:top-20"><Checkout /></section>
        </div>
      )}
    </div>
  );
}

/** An order that was made and not paid: it can be gone on with, or taken back. */
function Waiting({ orders }: { orders: ShownOrder[] }) {
  return orders.map(order => (
    <div key={order.id} className="flex flex-wrap items-center justify-between gap-3 rounded-2xl bg-wash px-5 py-3">
      <p>Order {order.number}, {money(order.total_amount, order.currency)}, is waiting to be paid.</p>
      <div className="flex flex-wrap gap-2">
        <Reopen order={order.id} />
        <Link href={`/checkout/${order.id}`} prefetch={false} className="button-main">Pay it</Link>
      </div>
    </div>
  ));
}
