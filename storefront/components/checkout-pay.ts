// What a click on Pay does: the order, unless it is there already, and then the payment. Loaded when the shopper begins to
// fill the checkout in.
import type { useRouter } from 'next/navigation';
import type { RefObject } from 'react';
import { fieldNames, type Fields, type Problems } from '@/lib/checkout';
import type { ShownOrder } from '@/lib/shopper';
import type { useCart } from './cart';
import { focusOn, type PaymentHandle, type Step } from './checkout';
import type { LiveQuote } from './use-quote';

/** The checkout as it was when Pay was clicked. */
export interface Page {
  fields: Fields;
  quoting: LiveQuote;
  ordered: RefObject<string | null>;
  payment: RefObject<PaymentHandle | null>;
  cart: ReturnType<typeof useCart>;
  router: ReturnType<typeof useRouter>;
  isPlaced: boolean; // the page shows the order itself already
  setStep(step: Step): void;
  setProblem(problem: string | null): void;
  setBefore(total: number | null): void;
  setErrors(errors: Problems): void;
  setPlaced(order: ShownOrder | null): void;
}

/** The order's id; null if it was not made, and then the page says why. */
export async function place({ fields, quoting, ordered, cart, setProblem, setBefore, setErrors }: Page): Promise<string | null> {
  const seen = quoting.quote?.total_amount ?? null;
  const lines = (await cart.settled()).map(({ id }) => id);
  const now = await quoting.now();
  if (!now.quote) return setProblem(now.problem), null;
  if (seen !== null && now.quote.total_amount > seen) return setBefore(seen), null;
  const answer = await (await cart.calls()).place(lines, { ...fields, method: now.method }, now.quote.total_amount);
  if ('order' in answer) {
    ordered.current = answer.order;
    history.replaceState(null, '', `/checkout/${answer.order}`); // a reload from here on is of this order
    cart.reread();
    return answer.order;
  }
  cart.take({ items: answer.items, problem: null });
  setProblem(answer.problem);
  if (answer.totals) {
    setBefore(now.quote.total_amount);
    quoting.take(answer.totals);
  }
  if (answer.errors) {
    setErrors(answer.errors);
    requestAnimationFrame(() => focusOn(fieldNames.find(name => answer.errors?.[name])));
  }
  return null;
}

/** Throws if the shop cannot be reached. */
export async function pay({ payment, cart, router, isPlaced, setStep, setProblem, setPlaced }: Page, id: string, isApproved = false): Promise<void> {
  setStep('paying');
  setProblem(null);
  const paid = await payment.current!.pay(id, isApproved);
  if (paid.state === 'paid' || paid.state === 'settled') {
    setStep('done');
    return router.replace(`/orders/${id}?${paid.state === 'paid' ? 'thanks' : 'already'}`); // the button that goes back leads to before the checkout
  }
  if (!isPlaced) setPlaced((await (await cart.calls()).order(id)).found);
  if (paid.state === 'bank') await import('./bank');
  setStep(paid.state === 'bank' ? 'bank' : 'form');
  if (paid.state !== 'bank') setProblem(paid.problem);
}
