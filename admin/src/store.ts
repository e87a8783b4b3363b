/**
 * What was read from the API, by key. A page shows at once what is known, and reads it again behind that; changes are put in before the
 * server has answered, and taken back if it refuses them.
 */
import { useLayoutEffect, useReducer } from 'preact/hooks';
import { ApiError, page_rows, type Page } from './api.js';

interface Entry {
  data: unknown;
  error: ApiError | null;
  version: number; // counts what was put in, so that an answer that was asked for before is not shown
  loading: Promise<void> | null;
  asked: number; // counts the reads, so that an answer is not shown after that of a later read
  shown: number; // the read whose answer is in `data`
  load: (() => Promise<unknown>) | null;
  listeners: Set<() => void>;
}

const entries = new Map<string, Entry>();

function entryOf(key: string): Entry {
  const found = entries.get(key) ?? { data: undefined, error: null, version: 0, loading: null, asked: 0, shown: 0, load: null, listeners: new Set() };
  entries.set(key, found);
  return found;
}

const notify = (entry: Entry) => entry.listeners.forEach(listener => listener());

function reload(entry: Entry): Promise<void> {
  const { load, version } = entry, read = ++entry.asked;
  if (!load) return Promise.resolve();
  const mine: Promise<void> = load().then(
    data => { if (entry.version === version && read > entry.shown) Object.assign(entry, { data, error: null, shown: read }); },
    (error: unknown) => { entry.error = error instanceof ApiError ? error : new ApiError(0, String(error)); },
  ).finally(() => {
    if (entry.loading === mine) entry.loading = null;
    notify(entry);
  });
  entry.loading = mine;
  return mine;
}

export interface Query<T> {
  data: T | undefined;
  error: ApiError | null;
  loading: boolean;
  reload: () => Promise<void>;
}

/** Reads `key` with `load`, each time a page that needs it is opened. */
export function useQuery<T>(key: string, load: () => Promise<T>, isLasting = false): Query<T> {
  const [, update] = useReducer((n: number) => n + 1, 0);
  const entry = entryOf(key);
  useLayoutEffect(() => { // not after the next frame: what it asks for is what the page waits for
    const listener = () => update(undefined as never);
    entry.load = load;
    entry.listeners.add(listener);
    if (!isLasting || (entry.data === undefined && !entry.loading)) void reload(entry);
    listener();
    return () => void entry.listeners.delete(listener);
  }, [key]);
  return { data: entry.data as T | undefined, error: entry.error, loading: entry.loading !== null, reload: () => reload(entry) };
}

/** Reads `key` once, for what rarely changes; `refresh` reads it again. */
export const useOnce = <T>(key: string, load: () => Promise<T>): T | undefined => useQuery(key, load, true).data;

export interface List<T> extends Query<Page<T>> {
  more: () => Promise<void>;
}

/** Reads a list page by page. */
export function useList<T>(key: string, load: (after: number | null) => Promise<Page<T>>): List<T> {
  const query = useQuery(key, () => load(null));
  const more = async () => {
    const entry = entryOf(key), now = entry.data as Page<T> | undefined;
    if (!now || now.next === null) return;
    const { version } = entry, page = await load(now.next);
    if (entry.version !== version || entry.data !== now) return;
    entry.data = { ...page, rows: [...now.rows, ...page.rows] };
    notify(entry);
  };
  return { ...query, more };
}

/** Puts in what is known now. Returns what puts back what was there. */
export function change<T>(key: string, by: (data: T) => T): () => void {
  const entry = entries.get(key);
  if (!entry || entry.data === undefined) return () => {};
  const before = entry.data;
  entry.data = by(before as T);
  entry.version++;
  notify(entry);
  return () => {
    entry.data = before;
    entry.version++;
    notify(entry);
  };
}

/** Changes rows of all lists whose key begins so. */
export function changeRows<T extends { id: string }>(prefix: string, ids: string[], by: (row: T) => T | null): () => void {
  const backs = [...entries.keys()].filter(key => key.startsWith(prefix)).map(key =>
    change<Page<T>>(key, page => ({ ...page, rows: page.rows.flatMap(row => (ids.includes(row.id) ? by(row) ?? [] : [row])) })));
  return () => backs.forEach(back => back());
}

/** Reads again what pages show of these, and forgets the rest. */
export async function refresh(...prefixes: string[]): Promise<void> {
  const waits: Promise<void>[] = [];
  for (const [key, entry] of entries) {
    if (!prefixes.some(prefix => key.startsWith(prefix))) continue;
    if (entry.listeners.size > 0) waits.push(reload(entry));
    else entries.delete(key);
  }
  await Promise.all(waits);
}

/** As refresh(), but lists of which more than the first page is shown stay, because they would become shorter under the reader. */
export async function refreshShort(...prefixes: string[]): Promise<void> {
  const isLong = ({ data }: Entry) => ((data as Partial<Page<unknown>> | undefined)?.rows?.length ?? 0) > page_rows;
  await refresh(...prefixes.flatMap(prefix => [...entries].filter(([key, entry]) => key.startsWith(prefix) && !isLong(entry)).map(([key]) => key)));
}

/** Forgets all, because somebody else may sign in. */
export const forget = () => entries.clear();
