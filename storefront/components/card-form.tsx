'use client';
import { useEffect, useRef, useState, useSyncExternalStore, type FormEvent } from 'react';
import { newIdempotencyKey } from 'till-client';
import { cardProblems, methodOf, slashed, spaced, testCards, type Card } from '@/lib/cards';
import { money } from '@/lib/money';
import type { PayProps } from './checkout';
import { useCart } from './cart';

const APPROVED = 'pm_card_visa'; // what the mock charges once the shopper's bank agrees

const never = () => () => {};

type Step = { is: 'form' } | { is: 'paying' } | { is: 'bank' } | { is: 'done' };

/** The mock provider's form. Its fields have no names, so no form that is ever sent carries what is in them. */
export function CardForm({ order, onPaid }: PayProps) {
  const { calls } = useCart();
  const [card, setCard] = useState<Card>({ number: '', expiry: '', cvc: '' });
  const [wrong, setWrong] = useState<Partial<Card>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [step, setStep] = useState<Step>({ is: 'form' });
  const isReady = useSyncExternalStore(never, () => true, () => false); // once the script is there
  const attempt = useRef('');
  const form = useRef<HTMLFormElement>(null);

  async function pay(method: string) {
    setStep({ is: 'paying' });
    setProblem(null);
    attempt.current ||= newIdempotencyKey();
    const paid = await (await calls()).pay(order.id, method, attempt.current)
      .catch(() => ({ state: 'unknown', problem: 'The shop cannot be reached just now. Try again: you will not be charged twice.' }) as const);
    if (paid.state !== 'unknown') attempt.current = ''; // that one is answered: the next is another
    if (paid.state === 'paid' || paid.state === 'settled') {
      setStep({ is: 'done' });
      return onPaid(paid);
    }
    setStep({ is: paid.state === 'bank' ? 'bank' : 'form' });
    if (paid.state !== 'bank') setProblem(paid.problem);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (step.is !== 'form') return;
    const problems = cardProblems(card);
    setWrong(problems);
    const [first] = Object.keys(problems);
    if (first) return form.current?.querySelector<HTMLInputElement>(`#card-${first}`)?.focus();
    void pay(methodOf(card.number)!);
  }

  if (step.is === 'bank')
    return (
      <Bank
        onApprove={() => void pay(APPROVED)}
        onRefuse={() => {
          setStep({ is: 'form' });
          setProblem('Your bank was not told that it is you. Nothing was charged.');
        }}
      />
    );

  const field = (name: keyof Card, label: string, more: { placeholder: string; autoComplete: string; format: (text: string) => string }) => (
    <div className={name === 'number' ? 'col-span-2' : ''}>
      <label htmlFor={`card-${name}`} className="mb-1.5 block font-medium">{label}</label>
      <input
        id={`card-${name}`} className="field figures" inputMode="numeric" placeholder={more.placeholder} autoComplete={more.autoComplete}
        value={card[name]} aria-invalid={!!wrong[name]} aria-describedby={wrong[name] && `card-${name}-wrong`}
        onChange={event => {
          setCard({ ...card, [name]: more.format(event.target.value) });
          setWrong({ ...wrong, [name]: undefined });
        }}
      />
      {wrong[name] && <p id={`card-${name}-wrong`} className="mt-1.5 text-sm text-warn">{wrong[name]}</p>}
    </div>
  );

  return (
    <form ref={form} noValidate onSubmit={onSubmit} aria-label="Card">
      <p role="alert" className={problem ? 'mb-5 rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>{problem}</p>
      <div className="grid grid-cols-2 gap-4">
        {field('number', 'Card number', { placeholder: '4242 4242 4242 4242', autoComplete: 'cc-number', format: spaced })}
        {field('expiry', 'Expiry', { placeholder: 'MM / YY', autoComplete: 'cc-exp', format: slashed })}
        {field('cvc', 'Security code', { placeholder: 'CVC', autoComplete: 'cc-csc', format: text => text.replace(/\D/g, '').slice(0, 4) })}
      </div>
      <button className="button-main mt-6 w-full" disabled={!isReady} aria-disabled={step.is !== 'form'}>
        {step.is === 'form' ? `Pay ${money(order.total_amount, order.currency)}` : step.is === 'paying' ? 'Paying …' : 'Paid'}
      </button>
      <fieldset className="mt-8 rounded-2xl border border-line px-5 pt-3 pb-4 text-sm text-soft">
        <legend className="px-1 font-medium text-ink">This is a demonstration: no money moves</legend>
        <p>Any date to come and any code will do. A card that …</p>
        <ul className="mt-2 flex flex-col">
          {testCards.map(({ number, says }) => (
            <li key={number} className="flex items-center justify-between gap-3">
              <span>{says}</span>
              <button
                type="button" className="link figures min-h-10"
                onClick={() => { setCard({ number, expiry: '12 / 34', cvc: '123' }); setWrong({}); }}
              >
                {number}
              </button>
            </li>
          ))}
        </ul>
      </fieldset>
      <noscript><p className="mt-4 text-warn">Paying by card needs JavaScript, so that the card’s number stays in your browser.</p></noscript>
    </form>
  );
}

/** Stands for the page on which a shopper’s bank asks whether it is them. */
function Bank({ onApprove, onRefuse }: { onApprove: () => void; onRefuse: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section aria-labelledby="bank" className="rounded-3xl border border-line bg-raised p-6 sm:p-8">
      <h2 id="bank" ref={title} tabIndex={-1} className="text-xl font-bold outline-none">Your bank would like to know that it is you</h2>
      <p className="mt-2 text-soft">With a real card, this is where your bank’s app or a code would come in.</p>
      <div className="mt-6 flex flex-wrap gap-3">
        <button className="button-main" onClick={onApprove}>It is me</button>
        <button className="button-quiet" onClick={onRefuse}>It is not</button>
      </div>
    </section>
  );
}
