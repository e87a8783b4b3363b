'use client';
// How a guest finds an order again: by its number and its email address. What is found shows neither whose it is nor what it
// cost. The form is sent to a server action, with a script and without one.
import { startTransition, useActionState, useEffect, useRef } from 'react';
import type { Tracking } from 'till-client';
import { lookupForm } from '@/app/orders/find/actions';
import { notAsked, type Asked, type LookupState } from '@/lib/lookup';
import { parcelsOf, statusWords } from '@/lib/tracking';
import { Parcels, Timeline } from './tracking';
import { When } from './when';

export function FindOrder() {
  const [state, send, isBusy] = useActionState(lookupForm, notAsked);
  const problem = isBusy ? null : state.problem; // so that it is read out again
  const isSent = !isBusy && state.isSent;
  const found = useRef<HTMLHeadingElement>(null);
  useEffect(() => { // where the answer is
    const wrong = (['number', 'email'] as const).find(name => state.errors[name]);
    if (wrong) document.getElementById(wrong)?.focus();
    else if (state.found) found.current?.focus();
  }, [state]);
  return (
    <div className="mx-auto max-w-xl pt-10 print:pt-0">
      <h1 className="text-4xl font-bold tracking-tight print:hidden">Find your order</h1>
      <p className="mt-3 text-lg text-soft print:hidden">Its number is in our mails and on the receipt.</p>
      <form
        action={send} noValidate aria-label="Find your order" className="mt-8 flex flex-col gap-5 print:hidden"
        onSubmit={event => { // not as React does it, which takes back what is typed meanwhile
          event.preventDefault();
          const form = new FormData(event.currentTarget, (event.nativeEvent as SubmitEvent).submitter);
          if (!isBusy) startTransition(() => send(form));
        }}
      >
        <Field name="number" label="Order number" state={state} maxLength={40} placeholder="K7QF9-29XM4" autoComplete="off" autoCapitalize="characters" />
        <Field name="email" label="Email" state={state} type="email" maxLength={254} autoComplete="email" />
        <div className="flex flex-wrap gap-3">
          <button className="button-main" aria-disabled={isBusy}>{isBusy ? 'One moment …' : 'Find it'}</button>
          <button name="go" value="link" className="button-quiet" aria-disabled={isBusy}>Mail me a link</button>
        </div>
        <p className="text-sm text-soft">Here you see how far it is. The link in the mail shows the whole order, with prices and address.</p>
        <p role="status" className={isSent ? 'rounded-lg bg-wash px-4 py-3' : 'sr-only'}>{isSent && 'If number and address belong together, a mail with the link is on its way.'}</p>
        <p role="alert" className={problem ? 'rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>{problem}</p>
      </form>
      {state.found && <Tracked order={state.found} ref={found} />}
    </div>
  );
}

function Field({ name, label, state, ...input }: { name: keyof Asked; label: string; state: LookupState } & React.ComponentProps<'input'>) {
  const error = state.errors[name];
  return (
    <div>
      <label htmlFor={name} className="mb-1.5 block font-medium">{label}</label>
      <input
        id={name} name={name} required defaultValue={state[name]} spellCheck={false} className="field"
        aria-invalid={!!error} aria-describedby={error && `${name}-note`} {...input}
      />
      {error && <p id={`${name}-note`} className="mt-1.5 text-sm text-warn">{error}</p>}
    </div>
  );
}

function Tracked({ order, ref }: { order: Tracking; ref: React.Ref<HTMLHeadingElement> }) {
  const parcels = parcelsOf(order);
  return (
    <section aria-labelledby="found" className="mt-10 border-t border-line pt-8 print:mt-0 print:border-0 print:pt-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 id="found" ref={ref} tabIndex={-1} className="text-2xl font-bold tracking-tight outline-none">Order {order.number}</h2>
        <p className="rounded-full bg-wash px-3 py-1 text-sm font-medium text-accent print:p-0">{statusWords(order)}</p>
      </div>
      <p className="mt-1 text-sm text-soft">Ordered on <When at={order.created_at} /></p>
      <ul aria-label="What is in it" className="mt-4 flex flex-col gap-1">
        {order.items.map(({ name, quantity }, i) => <li key={i}>{quantity} × {name}</li>)}
      </ul>
      <Parcels parcels={parcels} className="mt-6" />
      <Timeline events={order.timeline} parcels={parcels} />
    </section>
  );
}
