'use client';
import { useRouter } from 'next/navigation';
import { reopenForm } from '@/app/forms';
import { useCart } from './cart';

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
