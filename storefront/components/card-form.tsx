'use client';
import { useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react';
import { newIdempotencyKey } from 'till-client';
import { digits, slashed, spaced } from '@/lib/card-digits';
import type { Card } from '@/lib/cards';
import type { PaymentHandle } from './checkout';
import { useCart } from './cart';

const APPROVED = 'pm_card_visa'; // what the mock charges once the shopper's bank agrees

const cards = () => import('@/lib/cards'); // once something is typed: most who see a checkout's page are not there yet

/** The mock provider's fields. `demo` names the cards that it takes (demo-cards.tsx). They have no names, so no form that is ever sent carries what is in them. */
export function CardForm({ demo, ref }: { demo: ReactNode; ref: Ref<PaymentHandle> }) {
  const { calls } = useCart();
  const [card, setCard] = useState<Card>({ number: '', expiry: '', cvc: '' });
  const [wrong, setWrong] = useState<Partial<Card>>({});
  const attempt = useRef('');
  const method = useRef<string | null>(null); // of the card that was found to be right

  useImperativeHandle(ref, () => ({
    async check() {
      const { cardProblems, methodOf } = await cards();
      const problems = cardProblems(card);
      method.current = methodOf(card.number);
      setWrong(problems);
      const [first] = Object.keys(problems);
      return first ? { focus: `card-${first}` } : null;
    },
    async pay(order, isApproved) {
      attempt.current ||= newIdempotencyKey();
      const paid = await (await calls()).pay(order, isApproved ? APPROVED : method.current!, attempt.current)
        .catch(() => ({ state: 'unknown', problem: 'The shop cannot be reached just now. Try again: you will not be charged twice.' }) as const);
      if (paid.state !== 'unknown') attempt.current = ''; // that one is answered: the next is another
      return paid;
    },
  }), [calls, card]);

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
    <>
      <div className="grid grid-cols-2 gap-x-4 gap-y-5" onFocus={() => void cards().catch(() => {})}>
        {field('number', 'Card number', { placeholder: '4242 4242 4242 4242', autoComplete: 'cc-number', format: spaced })}
        {field('expiry', 'Expiry', { placeholder: 'MM / YY', autoComplete: 'cc-exp', format: slashed })}
        {field('cvc', 'Security code', { placeholder: 'CVC', autoComplete: 'cc-csc', format: text => digits(text).slice(0, 4) })}
      </div>
      <div
        onClick={({ target }) => { // a button of the demonstration fills the form in
          const { card: number } = (target as HTMLElement).dataset;
          if (number) { setCard({ number, expiry: '12 / 34', cvc: '123' }); setWrong({}); }
        }}
      >
        {demo}
      </div>
    </>
  );
}
