/** Lists come in pages; each page says which query gets the next. */
import { unwrap, type Result } from './errors.js';
import type { CallOptions } from './transport.js';

export interface Page<Item, Query> {
  items: Item[];
  /** How many there are in all. */
  total: number;
  /** True where there are more than `total`: a search stops counting at some point. */
  totalIsAtLeast: boolean;
  /** How many come behind those: of a search, the items that have only some of its words. */
  further: number;
  /** What a search looked for in place of the query's words, where it corrected some; else null. */
  correction: string | null;
  /** The query of the page that follows, or null on the last one. */
  next: Query | null;
}

/** `query`, moved on to where the headers say that the list goes on: by cursor where there is one, else by offset. */
export function pageOf<Item, Query extends object>(items: Item[], query: Query, headers: Headers): Page<Item, Query> {
  const cursor = headers.get('x-next-cursor');
  const offset = /[?&]offset=(\d+)[^>]*>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  const correction = headers.get('x-search-correction');
  const { offset: _, ...rest } = query as Query & { offset?: number };
  return {
    items,
    total: Number(headers.get('x-total-count') ?? items.length),
    further: Number(headers.get('x-further-count') ?? 0),
    correction: correction === null ? null : decodeURIComponent(correction),
    totalIsAtLeast: headers.get('x-total-count-relation') === 'at-least',
    next: (cursor ? { ...rest, cursor: Number(cursor) } : offset ? { ...rest, offset: Number(offset) } : null) as Query | null,
  };
}

type GetPage<Item, Query> = (query: Query, options?: CallOptions) => Promise<Result<Page<Item, Query>>>;

/** All items of all pages, fetched as they are asked for. A page that fails is thrown, as a TillException. */
export async function* eachItem<Item, Query>(getPage: GetPage<Item, Query>, query: Query, options?: CallOptions): AsyncGenerator<Item, void, undefined> {
  for (let next: Query | null = query; next !== null; ) {
    const page: Page<Item, Query> = unwrap(await getPage(next, options));
    yield* page.items;
    next = page.next;
  }
}
