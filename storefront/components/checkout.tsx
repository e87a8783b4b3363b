'use client';
// The checkout: one page for contact, address, shipping and payment. The order is made when the shopper pays, for no more
// than the total that stands there; from then on the page is that order's. Whatever happens on it, or to it, the order is
// charged once: an attempt has a name that Till knows it by, an order has one live payment, and a paid one sends the
// shopper on to its receipt.
import { useRouter } from 'next/navigation';
import { lazy, Suspense, useActionState, useCallback, useEffect, useRef, useState, useSyncExternalStore, type ReactNode, type RefObject } from 'react';
import { checkoutForm, type CheckoutState } from '@/app/forms';
import { fieldNames, missingFields, readFields, type Asked, type Fields, type Problems } from '@/lib/checkout';
import { money } from '@/lib/money';
import type { Paid, Quoting, ShownOrder } from '@/lib/shopper';
import { CardForm } from './card-form';
import { useCart } from './cart';
import { CheckoutFields, Part } from './checkout-fields';
import type { Page } from './checkout-pay';
import { CheckoutSummary } from './checkout-summary';
import { useQuote } from './use-quote';

const StripeForm = lazy(() => import('./stripe-form')); // and Stripe's own script: for those alone who have a key
const Recipient = lazy(() => import('./placed-order').then(parts => ({ default: parts.Recipient }))); // once there is an order
const OrderSummary = lazy(() => import('./placed-order').then(parts => ({ default: parts.OrderSummary })));
const Bank = lazy(() => import('./bank'));
const paying = () => import('./checkout-pay');

/** What a payment's own fields can do. */
export interface PaymentHandle {
  check(): Promise<{ focus?: string } | null>; // what is wrong with them, which they show themselves
  pay(order: string, isApproved: boolean): Promise<Paid>;
}

/** What this server has rendered of the page, because it needs no script in the browser. */
export interface Rendered {
  demo: ReactNode; // below the mock provider's fields
  withoutScript: ReactNode;
  offered?: ReactNode; // ways to ship, before there is a country
  summary?: ReactNode; // of an order that is there already
  recipient?: ReactNode;
}

export type Step = 'form' | 'paying' | 'bank' | 'done';

const away = 'The shop cannot be reached just now. Try again: you will not be charged twice.';
const never = () => () => {};

/** `quoting` is of the cart as this server sees it, and of `fields`. */
export function NewCheckout({ fields, quoting, ...page }: { asked: Asked; fields: Fields; quoting: Quoting; stripeKey: string | null; rendered: Rendered }) {
  return <CheckoutPage order={null} start={blank(fields, quoting)} {...page} />;
}

export const blank = (fields: Fields, quoting: Quoting): CheckoutState => ({ ...quoting, fields: { ...fields, method: quoting.method }, errors: {}, before: null });

export function focusOn(id: string | undefined) {
  if (id) document.getElementById(id)?.focus();
}

/** `order` is the one to be paid, if it is there already. */
export function CheckoutPage({ order: given, asked, start, stripeKey, rendered }: { order: ShownOrder | null; asked: Asked; start: CheckoutState; stripeKey: string | null; rendered: Rendered }) {
  const router = useRouter();
  const cart = useCart(), { items, loaded, refresh } = cart;
  const [sent, send] = useActionState(checkoutForm, start); // without a script the form is sent, and the page comes again
  const [fields, setFields] = useState(sent.fields);
  const [errors, setErrors] = useState<Problems>(sent.errors);
  const [before, setBefore] = useState(sent.before); // the total that was shown, if it is more now
  const [problem, setProblem] = useState<string | null>(sent.quote ? sent.problem : null);
  const [step, setStep] = useState<Step>('form');
  const [placed, setPlaced] = useState<ShownOrder | null>(null);
  const isReady = useSyncExternalStore(never, () => true, () => false); // once the script is there
  const form = useRef<HTMLFormElement>(null);
  const payment = useRef<PaymentHandle>(null);
  const ordered = useRef(given?.id ?? null);
  const isSubmitting = useRef(false); // from the click on, which a second click may follow before anything is shown
  const setMethod = useCallback((method: string) => setFields(fields => ({ ...fields, method })), []);
  const quoting = useQuote(items, fields, sent, setMethod);
  const order = given ?? placed;
  const total = order?.total_amount ?? quoting.quote?.total_amount ?? null;
  const isShort = !order && (quoting.quote?.short.length ?? 0) > 0;

  useEffect(() => {
    if (given) return;
    refresh(); // another tab may have changed the cart before this page came
    if (form.current) setFields(fields => ({ ...readFields(new FormData(form.current!)), method: fields.method })); // what the browser has filled in
  }, [given, refresh]);
  useEffect(() => {
    if (loaded && items.length === 0 && !ordered.current && step === 'form') router.replace('/cart'); // another tab has ordered it
  }, [loaded, items, step, router]);
  useEffect(() => focusOn(fieldNames.find(name => sent.errors[name])), [sent]);

  const page: Page = {
    fields, quoting, ordered, payment, cart, router, isPlaced: order !== null, setStep, setProblem, setBefore, setErrors, setPlaced,
  };

  async function submit() {
    if (isSubmitting.current || step !== 'form' || !payment.current || isShort) return;
    isSubmitting.current = true;
    const missing = ordered.current ? {} : missingFields(fields, asked);
    setErrors(missing);
    setBefore(null);
    try {
      const wrong = await payment.current.check();
      const first = fieldNames.find(name => missing[name]) ?? wrong?.focus;
      if (first || wrong) return focusOn(first);
      setStep('paying');
      setProblem(null);
      const { place, pay } = await paying();
      const id = ordered.current ?? (await place(page));
      if (id) return await pay(page, id);
    } catch {
      setProblem(away);
    } finally {
      isSubmitting.current = false;
    }
    setStep('form');
  }

  function onChange({ target }: React.FormEvent<HTMLFormElement>) {
    const name = fieldNames.find(name => name === (target as Partial<HTMLInputElement>).name);
    if (!name || !form.current) return;
    if (name !== 'method') setFields(fields => ({ ...readFields(new FormData(form.current!)), method: fields.method }));
    setErrors(errors => ({ ...errors, [name]: undefined }));
  }

  const said = before !== null && total !== null
    ? `The total has changed from ${money(before)} to ${money(total)} in the meantime. Nothing was ordered or charged yet: pay again if that is all right.`
    : problem;
  const words = step === 'done' ? 'Paid' : step === 'paying' ? 'Paying …' : total === null ? 'Pay' : `Pay ${money(total, order?.currency)}`;
  return (
    <div className="mx-auto max-w-6xl pt-5 sm:pt-8">
      <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">Checkout</h1>
      <div className="mt-4 grid items-start gap-8 lg:grid-cols-[1fr_26rem] lg:gap-16">
        <aside aria-label="Order summary" className="lg:sticky lg:top-20 lg:order-last">
          {rendered.summary ? rendered.summary : order ? <Suspense><OrderSummary order={order} /></Suspense> : <CheckoutSummary items={items} quoting={quoting} ships={asked.methods.length > 0} />}
        </aside>
        <form
          ref={form} noValidate action={send} aria-label="Checkout" onChange={onChange} onFocus={() => void paying().catch(() => {})}
          onSubmit={event => {
            event.preventDefault();
            void submit();
          }}
        >
          {rendered.recipient ? rendered.recipient : order ? <Suspense><Recipient order={order} className="mb-8" /></Suspense> : (
            <>
              {items.map(item => <input key={item.product.id} type="hidden" name="line" value={item.id} />)}
              <input type="hidden" name="seen" value={quoting.quote?.total_amount ?? ''} />
              <CheckoutFields asked={asked} fields={fields} errors={errors} quote={quoting.quote} onMethod={setMethod} offered={rendered.offered} />
            </>
          )}
          {step === 'bank' && (
            <Suspense>
              <Bank
                onApprove={() => void paying().then(({ pay }) => pay(page, ordered.current!, true)).catch(() => { setStep('form'); setProblem(away); })}
                onRefuse={() => {
                  setStep('form');
                  setProblem('Your bank was not told that it is you. Nothing was charged.');
                }}
              />
            </Suspense>
          )}
          <div hidden={step === 'bank'}>
            <Payment payment={payment} stripeKey={stripeKey} demo={rendered.demo} total={total} currency={order?.currency ?? quoting.quote?.currency} isFirst={!!order} />
            <p role="alert" className={said ? 'mb-5 rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>{said}</p>
            <button className="button-main w-full noscript:hidden" disabled={!isReady || isShort} aria-disabled={step !== 'form'}>{words}</button>
            {rendered.withoutScript}
          </div>
        </form>
      </div>
    </div>
  );
}

function Payment({ payment, stripeKey, demo, total, currency, isFirst }: {
  payment: RefObject<PaymentHandle | null>;
  stripeKey: string | null;
  demo: ReactNode;
  total: number | null;
  currency: string | undefined;
  isFirst: boolean;
}) {
  return (
    <div className={`noscript:hidden ${isFirst ? '' : 'border-t border-line pt-7'}`}>
      <Part id="payment" title="Payment">
        {stripeKey
          ? total !== null && currency && <Suspense><StripeForm publishableKey={stripeKey} amount={total} currency={currency} ref={payment} /></Suspense>
          : <CardForm demo={demo} ref={payment} />}
      </Part>
    </div>
  );
}
