'use client';
// Stripe's Payment Element, in Stripe's own frame: the card's number never touches this page. It is shown before there is an
// order; then Till makes the intent, Stripe charges it, and Till is told to look.
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import type { Paid } from '@/lib/shopper';
import { useCart } from './cart';
import type { PaymentHandle } from './checkout';

const SCRIPT = 'https://js.stripe.com/v3/'; // Stripe wants it loaded from there

/** As much of Stripe.js as is used here. */
interface Stripe {
  elements(options: { mode: 'payment'; amount: number; currency: string; appearance: { theme: 'stripe' | 'night' } }): Elements;
  confirmPayment(options: { elements: Elements; clientSecret: string; redirect: 'if_required'; confirmParams: { return_url: string } }): Promise<{ error?: StripeError }>;
}
interface StripeError { message?: string }
interface Elements {
  create(kind: 'payment'): { mount(node: HTMLElement): void; destroy(): void };
  update(options: { amount: number }): void;
  submit(): Promise<{ error?: StripeError }>;
}

function loadStripe(key: string): Promise<Stripe> {
  return new Promise((resolve, reject) => {
    const made = () => resolve((window as unknown as { Stripe: (key: string) => Stripe }).Stripe(key));
    if ('Stripe' in window) return made();
    const script = Object.assign(document.createElement('script'), { src: SCRIPT, onload: made, onerror: () => reject(new Error('Stripe.js did not load')) });
    document.head.append(script);
  });
}

const notLoaded = 'The payment form could not be loaded. Reload the page to try again: nothing was charged.';

/** `amount` is what will be charged, as far as is known: Stripe shows ways to pay by it, and the intent has the last word. */
export default function StripeForm({ publishableKey, amount, currency, ref }: { publishableKey: string; amount: number; currency: string; ref: Ref<PaymentHandle> }) {
  const { calls } = useCart();
  const frame = useRef<HTMLDivElement>(null);
  const form = useRef<{ stripe: Stripe; elements: Elements } | null>(null);
  const wanted = useRef(amount);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let element: { destroy(): void } | null = null;
    let gone = false;
    loadStripe(publishableKey).then(stripe => {
      if (gone || !frame.current) return;
      const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'stripe';
      const elements = stripe.elements({ mode: 'payment', amount: wanted.current, currency, appearance: { theme } });
      const made = elements.create('payment');
      made.mount(frame.current);
      element = made;
      form.current = { stripe, elements };
    }).catch(() => setProblem(notLoaded));
    return () => { gone = true; element?.destroy(); };
  }, [publishableKey, currency]);

  useEffect(() => {
    if (wanted.current !== amount) form.current?.elements.update({ amount });
    wanted.current = amount;
  }, [amount]);

  useImperativeHandle(ref, () => ({
    async check() {
      const error = form.current ? (await form.current.elements.submit()).error : { message: notLoaded };
      setProblem(error ? error.message ?? 'Have a look at what is marked.' : null);
      return error ? {} : null;
    },
    async pay(order): Promise<Paid> {
      const intent = await (await calls()).intent(order);
      if (!form.current || !intent.found) return intent.problem ? { state: 'declined', problem: intent.problem } : { state: 'settled' };
      const { stripe, elements } = form.current, { payment, secret } = intent.found;
      const return_url = `${location.origin}/checkout/${order}?payment=${payment}`;
      const { error } = await stripe.confirmPayment({ elements, clientSecret: secret, redirect: 'if_required', confirmParams: { return_url } });
      if (error) return { state: 'declined', problem: error.message ?? 'The payment was refused. Try another way to pay.' };
      const paid = await (await calls()).settle(payment).catch(() => null);
      if (paid?.state === 'paid' || paid?.state === 'settled') return paid;
      return { state: 'unknown', problem: 'The bank has not answered yet. Reload the page in a moment: you will not be charged twice.' };
    },
  }), [calls]);

  return (
    <>
      <p role="alert" className={problem ? 'mb-5 rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>{problem}</p>
      <div ref={frame} className="min-h-72" />
    </>
  );
}
