'use client';
// The search box: a plain form that goes to /search, and with a script suggestions as one types (a combobox as the ARIA
// practices have it) and, on the page of results, results as one types.
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { lazy, Suspense, useEffect, useId, useRef, useState, useTransition, type KeyboardEvent } from 'react';
import { productPath, readFilters, searchPath } from '@/lib/filters';
import { useCart } from './cart';
import { Icon } from './icons';
import type { Offer } from './suggestions';

const parts = () => import('./suggestions');
const Suggestions = lazy(parts);

const DEBOUNCE_MS = 150;

export function SearchBox() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const { direct } = useCart();
  const asked = path === '/search' ? params.get('q') ?? '' : '';
  const [text, setText] = useState(asked);
  const [known, setKnown] = useState(asked);
  const [offers, setOffers] = useState<Offer[]>([]);
  const [chosen, setChosen] = useState(-1);
  const [searching, startTransition] = useTransition();
  const typed = useRef(false);
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const isOpen = offers.length > 0;

  if (asked !== known) { // the address has changed: by a link, or by going back
    setKnown(asked);
    if (!typed.current) setText(asked);
  }

  const close = () => { setOffers([]); setChosen(-1); };

  useEffect(() => {
    if (!typed.current) return;
    const q = text.trim();
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      if (path === '/search' && q !== asked) {
        const { sort, ...filters } = readFilters(Object.fromEntries(params));
        const order = asked && q ? sort : undefined; // everything comes in another order than what was searched for
        startTransition(() => router.replace(searchPath({ ...filters, sort: order, q, page: 1 }), { scroll: false }));
      }
      if (!q || path === '/search') return close(); // there the results themselves are what is suggested
      try {
        setOffers(await (await parts()).suggest(direct ?? '/api', text, stop.signal));
        setChosen(-1);
      } catch { /* typed on, or no network: the form works without suggestions */ }
    }, DEBOUNCE_MS);
    return () => { clearTimeout(timer); stop.abort(); };
    // What has been typed is what starts a search; the rest is read as it is then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);

  function go(to: string) {
    typed.current = false;
    close();
    router.push(to);
  }

  function take({ text, product }: Offer) {
    if (product) return go(productPath(product.id));
    setText(text);
    go(searchPath({ q: text }));
  }

  function type(text: string) {
    typed.current = true;
    setText(text);
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && isOpen) {
      event.preventDefault();
      setChosen(((chosen + 1 + step + offers.length + 1) % (offers.length + 1)) - 1);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === 'Enter' && offers[chosen]) {
      event.preventDefault();
      take(offers[chosen]);
    }
  }

  return (
    <form
      action="/search" role="search" className="w-full sm:relative"
      onSubmit={event => {
        event.preventDefault();
        if (text.trim()) go(searchPath({ q: text.trim() }));
      }}
      onBlur={event => { if (!event.currentTarget.contains(event.relatedTarget)) { close(); typed.current = false; } }}
    >
      <div className="relative h-11">
        <Icon name="search" className={`pointer-events-none absolute top-3 left-3 size-5 ${searching ? 'animate-pulse text-accent' : 'text-soft'}`} />
        <input
          ref={input} type="text" inputMode="search" name="q" value={text} placeholder="Search" aria-label="Search the shop" autoComplete="off" maxLength={200} enterKeyHint="search"
          role="combobox" aria-expanded={isOpen} aria-controls={isOpen ? list : undefined} aria-autocomplete="list" aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
          onChange={event => type(event.target.value)} onKeyDown={onKeyDown}
          className="h-11 w-full rounded-full border border-transparent bg-sunken pr-10 pl-10 text-base placeholder:text-soft hover:border-line"
        />
        {text && (
          <button type="button" aria-label="Clear the search" className="absolute top-0 right-0 grid size-11 place-items-center text-soft hover:text-ink" onClick={() => { type(''); input.current?.focus(); }}>
            <Icon name="close" className="size-4" />
          </button>
        )}
      </div>
      {isOpen && <Suspense><Suggestions id={list} offers={offers} chosen={chosen} onTake={take} /></Suspense>}
    </form>
  );
}
