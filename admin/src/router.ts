/** Where the desk is: what is behind the `#` of its address, such as `#/orders?status=paid`. */
import { useEffect, useState } from 'preact/hooks';
import { queryText } from './api.js';

export interface Place {
  path: string[];
  query: URLSearchParams;
}

const text = () => location.hash.replace(/^#\/?/, '');

const decoded = (part: string) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/** How far down each place was left, by its number in the browser's history. */
const scrolled = new Map<number, number>();
let last = 0;

/** The number of the place that is shown; a place that is new gets the next one. */
function numberOf(): { number: number; isNew: boolean } {
  const number = (history.state as { number?: number } | null)?.number;
  if (number !== undefined) return { number, isNew: false };
  history.replaceState({ number: ++last }, '');
  return { number: last, isNew: true };
}

let shown = numberOf();
last = shown.number;

/** Forms whose changes are not saved. */
const unsaved = new Set<object>();
let current = location.hash;

/** Asks the reader before a place with unsaved changes is left. */
export const onLeave = { ask: (_wanted: string) => {} };

/** Nothing is lost any more: the changes are saved, or the reader does not want them. */
export const dropUnsaved = () => unsaved.clear();

/** While `isChanged`, the reader is asked before another place, or another page, is opened. */
export function useUnsaved(isChanged: boolean) {
  useEffect(() => {
    if (!isChanged) return;
    const mark = {};
    unsaved.add(mark);
    return () => void unsaved.delete(mark);
  }, [isChanged]);
}

const pathOf = (hash: string) => placeOf(hash.replace(/^#\/?/, '')).path.join('/');

/** Comes before every other listener: it goes back to where the changes are, and asks. */
addEventListener('hashchange', event => {
  const wanted = location.hash;
  if (wanted === current) return event.stopImmediatePropagation(); // back again
  if (unsaved.size === 0 || pathOf(wanted) === pathOf(current)) return void (current = wanted);
  event.stopImmediatePropagation();
  if (history.state === null) history.back();
  else history.replaceState({ number: shown.number }, '', current);
  onLeave.ask(wanted);
});
addEventListener('beforeunload', event => { if (unsaved.size > 0) event.preventDefault(); });

/** The place, which follows the address. */
export function usePlace(): Place {
  const [hash, setHash] = useState(text());
  useEffect(() => {
    const follow = () => {
      scrolled.set(shown.number, scrollY);
      shown = numberOf();
      setHash(text());
    };
    history.scrollRestoration = 'manual';
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return placeOf(hash);
}

/** Where a page that was just opened begins: at its top, or as far down as the reader left it. */
export const arrive = () => scrollTo(0, shown.isNew ? 0 : scrolled.get(shown.number) ?? 0);

export const href = (path: string, query: Record<string, unknown> = {}) => `#/${path}${queryText(query)}`;

export const go = (path: string, query: Record<string, unknown> = {}) => {
  location.hash = href(path, query);
};

/** Changes the query of the place, without a new entry in the browser's history. */
export function setQuery(changes: Record<string, string | null>) {
  const { path, query } = placeOf(text());
  for (const [name, value] of Object.entries(changes)) if (value) query.set(name, value); else query.delete(name);
  const next = href(path.map(encodeURIComponent).join('/'), Object.fromEntries(query));
  if (next === location.hash) return;
  history.replaceState(history.state, '', next);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

