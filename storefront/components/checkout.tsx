'use client';
// Paying an order that is there already. Whatever happens on this page, or to it, the order is charged once: an attempt has
// a name that Till knows it by, an order has one live payment, and a paid one sends the shopper on to its receipt.
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect } from 'react';
import type { Paid, ShopperCalls, ShownOrder } from '@/lib/shopper';
import { CardForm } from './card-form';
import { useCart } from './cart';
import { ShopperData } from './found';
import { Missing } from './missing';
import { Reopen } from './order-views';
import { Receipt } from './receipt';

const StripeForm = dynamic(() => import('./stripe-form')); // and Stripe's own script: for those alone who have a key

interface Props {
  id: string;
  order: ShownOrder | null;
  payment: string | null; // that the shopper comes back from the bank with, where this server could not settle it
  stripeKey: string | null;
}

export function CheckoutView({ id, order, payment, stripeKey }: Props) {
  const read = useCallback(async (calls: ShopperCalls) => {
    if (payment) await calls.settle(payment);
    return calls.order(id);
  }, [id, payment]);
  return <ShopperData given={order} read={read} missing={<Missing what="order" />}>{order => <Pay order={order} stripeKey={stripeKey} />}</ShopperData>;
}

export interface PayProps {
  order: ShownOrder;
  onPaid: (paid: Paid) => void;
}

function Pay({ order, stripeKey }: { order: ShownOrder; stripeKey: string | null }) {
  const router = useRouter();
  const { direct } = useCart();
  const { id, status } = order;

  // `replace`: the button that goes back leads to before the checkout, not into it.
  const onPaid = useCallback((paid: Paid) => {
    if (paid.state === 'paid') router.replace(`/orders/${id}?thanks`);
    if (paid.state === 'settled') router.replace(`/orders/${id}?already`);
  }, [router, id]);

  useEffect(() => {
    if (status !== 'pending') router.replace(`/orders/${id}${status === 'paid' ? '?already' : ''}`);
  }, [status, id, router]);

  // Another tab may have paid it meanwhile, or the browser has brought back an old page: ask again when it is looked at.
  useEffect(() => {
    if (direct) return;
    const look = () => { if (document.visibilityState === 'visible') router.refresh(); };
    const shown = (event: PageTransitionEvent) => { if (event.persisted) look(); };
    document.addEventListener('visibilitychange', look);
    addEventListener('pageshow', shown);
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('pageshow', shown);
    };
  }, [direct, router]);

  return (
    <div className="pt-8">
      <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">Checkout</h1>
      <div className="mt-8 grid gap-10 lg:grid-cols-[1fr_26rem] lg:gap-20">
        <div className="max-w-lg">
          {stripeKey ? <StripeForm publishableKey={stripeKey} order={order} onPaid={onPaid} /> : <CardForm order={order} onPaid={onPaid} />}
        </div>
        <div className="lg:order-none">
          <Receipt order={order} title="What you are paying for" />
          <div className="mt-4 flex flex-wrap items-center justify-between gap-3 text-sm text-soft">
            <p>We hold this for you while you pay.</p>
            <Reopen order={order.id} className="min-h-11 underline underline-offset-4 hover:text-ink" />
          </div>
        </div>
      </div>
    </div>
  );
}
