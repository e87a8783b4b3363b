// What one looks for, in the page's address and nowhere else: so it can be shared, bookmarked and gone back to.

export const sorts = [
  ['relevance', 'Best match'],
  ['newest', 'Newest'],
  ['price_asc', 'Price, low to high'],
  ['price_desc', 'Price, high to low'],
  ['name_asc', 'Name, A to Z'],
] as const;

export type Sort = (typeof sorts)[number][0];

export interface Filters {
  q: string;
  category: string;
  min_price: number | null; // minor units, inclusive
  max_price: number | null;
  sort: Sort;
  page: number; // from 1
}

export type SearchParams = Record<string, string | string[] | undefined>;

const PAGE_MAX = 10_000;

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value) ?? '';

const price = (value: string) => (/^\d{1,12}$/.test(value) ? Number(value) : null);

/** Reads an address; whatever makes no sense in it counts as absent. */
export function readFilters(params: SearchParams, category = first(params.category)): Filters {
  const sort = sorts.find(([name]) => name === first(params.sort))?.[0];
  const page = Number(first(params.page));
  const q = first(params.q).replace(/[\0-\x1f\x7f]/g, ' ').trim().slice(0, 200);
  return {
    q,
    category,
    min_price: price(first(params.min_price)),
    max_price: price(first(params.max_price)),
    sort: sort ?? (q ? 'relevance' : 'newest'),
    page: Number.isInteger(page) && page >= 1 && page <= PAGE_MAX ? page : 1,
  };
}

/** The address of a search. A category without words has a page of its own. What is the default is left out. */
export function searchPath(filters: Partial<Filters>): string {
  const { q = '', category = '', min_price = null, max_price = null, sort, page = 1 } = filters;
  const query = new URLSearchParams();
  if (q) query.set('q', q);
  if (q && category) query.set('category', category);
  if (min_price !== null) query.set('min_price', String(min_price));
  if (max_price !== null) query.set('max_price', String(max_price));
  if (sort && sort !== (q ? 'relevance' : 'newest')) query.set('sort', sort);
  if (page > 1) query.set('page', String(page));
  const path = !q && category ? categoryPath(category) : '/search';
  return query.size ? `${path}?${query}` : path;
}

export const categoryPath = (category: string) => `/category/${encodeURIComponent(category)}`;

export const productPath = (id: string) => `/product/${id}`;
