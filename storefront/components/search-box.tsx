'use client';
// The search box: a plain form that goes to /search, and with a script suggestions as one types (a combobox as the ARIA
// practices have it) and, on the page of results, results as one types.
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useId, useRef, useState, useTransition, type KeyboardEvent } from 'react';
import type { Suggestion } from 'till-client';
import { productPath, readFilters, searchPath } from '@/lib/filters';
import { useCart } from './cart';
import { Icon } from './icons';

const DEBOUNCE_MS = 150;

export function SearchBox() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const { direct } = useCart();
  const asked = path === '/search' ? params.get('q') ?? '' : '';
  const [text, setText] = useState(asked);
  const [known, setKnown] = useState(asked);
  const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
  const [chosen, setChosen] = useState(-1);
  const [searching, startTransition] = useTransition();
  const typed = useRef(false);
  const list = useId();
  const isOpen = suggestions.length > 0;

  if (asked !== known) { // the address has changed: by a link, or by going back
    setKnown(asked);
    if (!typed.current) setText(asked);
  }

  const close = () => { setSuggestions([]); setChosen(-1); };

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
        const answer = await fetch(`${direct ?? '/api'}/products/suggest?q=${encodeURIComponent(text.trimStart())}`, { signal: stop.signal });
        setSuggestions(answer.ok ? ((await answer.json()) as Suggestion[]) : []);
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

  function take(suggestion: Suggestion) {
    if (suggestion.product_id) return go(productPath(suggestion.product_id));
    setText(suggestion.text);
    go(searchPath({ q: suggestion.text }));
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && isOpen) {
      event.preventDefault();
      setChosen(((chosen + 1 + step + suggestions.length + 1) % (suggestions.length + 1)) - 1);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === 'Enter' && suggestions[chosen]) {
      event.preventDefault();
      take(suggestions[chosen]);
    }
  }

  return (
    <form
      action="/search" role="search" className="relative w-full"
      onSubmit={event => {
        event.preventDefault();
        if (text.trim()) go(searchPath({ q: text.trim() }));
      }}
      onBlur={event => { if (!event.currentTarget.contains(event.relatedTarget)) { close(); typed.current = false; } }}
    >
      <Icon name="search" className={`pointer-events-none absolute top-3 left-3.5 size-5 ${searching ? 'animate-pulse text-accent' : 'text-soft'}`} />
      <input
        type="search" name="q" value={text} placeholder="Search" aria-label="Search the shop" autoComplete="off" maxLength={200} enterKeyHint="search"
        role="combobox" aria-expanded={isOpen} aria-controls={list} aria-autocomplete="list" aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
        onChange={event => { typed.current = true; setText(event.target.value); }} onKeyDown={onKeyDown}
        className="h-11 w-full rounded-full border border-transparent bg-sunken pr-4 pl-11 text-base placeholder:text-soft hover:border-line"
      />
      <ul id={list} role="listbox" aria-label="Suggestions" hidden={!isOpen}
        className="absolute inset-x-0 top-full z-20 mt-2 overflow-hidden rounded-2xl border border-line bg-raised py-2 shadow-lg">
        {suggestions.map((suggestion, i) => (
          <li
            key={i} id={`${list}-${i}`} role="option" aria-selected={i === chosen}
            className={`flex min-h-11 cursor-pointer items-center gap-3 px-4 ${i === chosen ? 'bg-sunken' : 'hover:bg-sunken'}`}
            onPointerDown={event => event.preventDefault() /* keeps the focus in the box */} onClick={() => take(suggestion)}
          >
            <Icon name={suggestion.product_id ? 'arrow' : 'search'} className="size-4 shrink-0 text-soft" />
            <span className="truncate">{suggestion.text}</span>
          </li>
        ))}
      </ul>
    </form>
  );
}
