'use client';
// Paying an order that is there already.
import { useRouter } from 'next/navigation';
import { useCallback, useEffect } from 'react';
import { noFields, type Asked } from '@/lib/checkout';
import type { Quoting, ShopperCalls, ShownOrder } from '@/lib/shopper';
import { useCart } from './cart';
import { blank, CheckoutPage, type Rendered } from './checkout';
import { ShopperData } from './found';
import { Missing } from './missing';

const nothingAsked: Asked = { requires: [], countries: [], methods: [] };
const noQuote: Quoting = { quote: null, method: '', problem: null };

/** `payment`: that the shopper comes back from the bank with, where this server could not settle it. */
export function CheckoutOrder({ id, order, payment, stripeKey, rendered }: { id: string; order: ShownOrder | null; payment: string | null; stripeKey: string | null; rendered: Rendered }) {
  const read = useCallback(async (calls: ShopperCalls) => {
    if (payment) await calls.settle(payment);
    return calls.order(id);
  }, [id, payment]);
  return (
    <ShopperData given={order} read={read} missing={<Missing what="order" />}>
      {order => (
        <>
          <OrderWatch order={order} />
          <CheckoutPage key={order.id} order={order} asked={nothingAsked} start={blank(noFields, noQuote)} stripeKey={stripeKey} rendered={rendered} />
        </>
      )}
    </ShopperData>
  );
}

/** Sends the shopper on once the order is settled. Another tab may have paid it, or the browser has brought back an old page: asks again when it is looked at. */
function OrderWatch({ order: { id, status } }: { order: ShownOrder }) {
  const router = useRouter();
  const { direct } = useCart();
  useEffect(() => {
    if (status !== 'pending') router.replace(`/orders/${id}${status === 'paid' ? '?already' : ''}`);
  }, [status, id, router]);
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
  return null;
}
