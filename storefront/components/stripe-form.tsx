'use client';
// Stripe's Payment Element, in Stripe's own frame: the card's number never touches this page. Till makes the intent, Stripe
// charges it, and Till is told to look.
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { money } from '@/lib/money';
import { useCart } from './cart';
import type { PayProps } from './checkout';

const SCRIPT = 'https://js.stripe.com/v3/'; // Stripe wants it loaded from there

/** As much of Stripe.js as is used here. */
interface Stripe {
  elements(options: { clientSecret: string; appearance: { theme: 'stripe' | 'night' } }): Elements;
  confirmPayment(options: { elements: Elements; redirect: 'if_required'; confirmParams: { return_url: string } }): Promise<{ error?: { message?: string } }>;
}
interface Elements { create(kind: 'payment'): { mount(node: HTMLElement): void; destroy(): void } }

function loadStripe(key: string): Promise<Stripe> {
  return new Promise((resolve, reject) => {
    const made = () => resolve((window as unknown as { Stripe: (key: string) => Stripe }).Stripe(key));
    if ('Stripe' in window) return made();
    const script = Object.assign(document.createElement('script'), { src: SCRIPT, onload: made, onerror: () => reject(new Error('Stripe.js did not load')) });
    document.head.append(script);
  });
}

export default function StripeForm({ publishableKey, order, onPaid }: PayProps & { publishableKey: string }) {
  const { calls } = useCart();
  const frame = useRef<HTMLDivElement>(null);
  const form = useRef<{ stripe: Stripe; elements: Elements; payment: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [step, setStep] = useState<'loading' | 'ready' | 'paying'>('loading');

  useEffect(() => {
    let element: { destroy(): void } | null = null;
    let gone = false;
    void (async () => {
      try {
        const [stripe, intent] = await Promise.all([loadStripe(publishableKey), calls().then(calls => calls.intent(order.id))]);
        if (gone || !frame.current) return;
        if (!intent.found) return intent.problem ? setProblem(intent.problem) : onPaid({ state: 'settled' });
        const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'stripe';
        const elements = stripe.elements({ clientSecret: intent.found.secret, appearance: { theme } });
        const made = elements.create('payment');
        made.mount(frame.current);
        element = made;
        form.current = { stripe, elements, payment: intent.found.payment };
        setStep('ready');
      } catch {
        setProblem('The payment form could not be loaded. Reload the page to try again: nothing was charged.');
      }
    })();
    return () => { gone = true; element?.destroy(); };
  }, [publishableKey, order.id, calls, onPaid]);

  async function pay(event: FormEvent) {
    event.preventDefault();
    if (step !== 'ready' || !form.current) return;
    const { stripe, elements, payment } = form.current;
    setStep('paying');
    setProblem(null);
    const return_url = `${location.origin}/checkout/${order.id}?payment=${payment}`;
    const { error } = await stripe.confirmPayment({ elements, redirect: 'if_required', confirmParams: { return_url } });
    const paid = error ? null : await (await calls()).settle(payment).catch(() => null);
    if (paid?.state === 'paid' || paid?.state === 'settled') return onPaid(paid);
    setProblem(error?.message ?? 'The bank has not answered yet. Reload the page in a moment: you will not be charged twice.');
    setStep('ready');
  }

  return (
    <form onSubmit={pay} aria-label="Payment">
      <p role="alert" className={problem ? 'mb-5 rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>{problem}</p>
      <div ref={frame} className="min-h-72" />
      <button className="button-main mt-6 w-full" disabled={step === 'loading'} aria-disabled={step !== 'ready'}>
        {step === 'paying' ? 'Paying …' : `Pay ${money(order.total_amount, order.currency)}`}
      </button>
    </form>
  );
}
