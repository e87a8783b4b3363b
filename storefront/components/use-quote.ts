'use client';
// What the cart would cost, kept up with what is typed: asked for a moment after the last change, and a newer question
// ends an older one, so that the last answer is that of what stands in the form.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CartItem, Quote } from 'till-client';
import { quoteBody, type Fields } from '@/lib/checkout';
import type { Quoting } from '@/lib/shopper';
import { useCart } from './cart';

const DEBOUNCE_MS = 200;
const away = 'The shop cannot be reached just now: the total may be another.';

const keyOf = (items: CartItem[], fields: Fields) =>
  JSON.stringify([quoteBody(items.map(({ id }) => id), fields), items.map(({ quantity, product }) => [quantity, product.price])]);

export interface LiveQuote extends Quoting {
  busy: boolean; // it is of something else than what stands in the form now
  now(): Promise<Quoting>; // that of what stands in the form
  take(totals: Quote): void; // which came with another answer, and name no ways to ship
}

/** `start` is the quote of the form as the page came. `onMethod` gets the way to ship that a quote is with. */
export function useQuote(items: CartItem[], fields: Fields, start: Quoting, onMethod: (method: string) => void): LiveQuote {
  const { direct } = useCart();
  const [quoting, setQuoting] = useState(start);
  const key = items.length > 0 && items.every(({ id }) => id) ? keyOf(items, fields) : '';
  const [known, setKnown] = useState(start.quote ? key : '');

  const ask = useCallback(async (signal?: AbortSignal): Promise<Quoting> => {
    const { directCalls } = await import('@/lib/direct');
    const next = await directCalls(direct ?? '/api').quote(items.map(({ id }) => id), fields, signal)
      .catch(() => ({ quote: null, method: fields.method, problem: away }));
    if (signal?.aborted) return next;
    setQuoting(last => ({ ...next, quote: next.quote ?? last.quote }));
    setKnown(keyOf(items, { ...fields, method: next.method }));
    if (next.quote) onMethod(next.method);
    return next;
  }, [direct, items, fields, onMethod]);

  const latest = useRef(ask);
  useEffect(() => { latest.current = ask; }, [ask]);
  useEffect(() => {
    if (!key || key === known) return;
    const stop = new AbortController();
    const timer = setTimeout(() => void latest.current(stop.signal), DEBOUNCE_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [key, known]);

  const busy = key !== known;
  return {
    ...quoting,
    busy,
    now: async () => (busy ? ask() : quoting),
    take: totals => setQuoting({ ...quoting, quote: { ...totals, shipping_options: quoting.quote?.shipping_options ?? [] }, problem: null }),
  };
}
