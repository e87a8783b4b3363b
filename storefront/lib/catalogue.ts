// What the pages show of the catalogue, and what the shop asks at checkout.
import 'server-only';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { unwrap, type FacetsQuery, type Result, type SearchQuery } from 'till-client';
import type { Asked } from './checkout';
import { labelsIn } from './country-labels';
import { perPage, shop } from './shop';
import type { Filters } from './filters';
import { cached, live, till } from './till';

/** The data. A request that Till refuses is an address that leads to nothing, and ends the page with 404; throws what else fails. */
function wanted<T>(result: Result<T>): T {
  if (!result.ok && ['not_found', 'validation', 'rejected'].includes(result.error.kind)) notFound();
  return unwrap(result);
}

export const categories = cache(async () => unwrap(await till.products.categories(cached())));

/** All of them, newest first, page by page. */
export const everyProduct = () => till.products.each({ limit: 500 }, cached());

export const newest = async (limit: number) => unwrap(await till.products.list({ limit }, cached())).items;

export const cheapest = async (max_price: number, limit: number) =>
  unwrap(await till.products.search({ max_price, sort: 'price_asc', limit }, cached())).items;

/** The first few of a category, as they are shown elsewhere. */
export const sample = async (category: string, limit: number) =>
  unwrap(await till.products.search({ category, sort: 'newest', limit }, cached(`category:${category}`))).items;

/** A product as it is now, with its pictures. Ends the page with 404 if there is none, or no longer. */
export const product = cache(async (id: string) => wanted(await till.products.get(id, { ...live, include: ['images', 'shipping'] })));

/** How the shop sends, and whether its prices have the tax in them: the same for everybody. */
export const delivery = cache(async () => {
  const [methods, form] = await Promise.all([till.checkout.shippingMethods(undefined, cached()), till.checkout.form(cached())]);
  return { methods: unwrap(methods), isTaxIncluded: unwrap(form).prices_include_tax };
});

const queryOf = ({ q, category, min_price, max_price }: Filters) => ({
  ...(q && { q }),
  ...(category && { category }),
  ...(min_price !== null && { min_price }),
  ...(max_price !== null && { max_price }),
});

/**
 * A page of results, and for each filter what it would find if it were set otherwise. The filters are those of the words
 * alone, in their order: none moves or goes because another is set. Not cached: people type anything, and a cache would
 * keep all of it.
 */
export async function results(filters: Filters) {
  const query = queryOf(filters);
  const facets = (changed: Partial<Filters>) => facetsOf(JSON.stringify(queryOf({ ...filters, ...changed })));
  const anyPrice = { min_price: null, max_price: null };
  const [page, all, ofPrice, ofCategory] = await Promise.all([
    soldOutLast({ ...query, sort: filters.sort }, (filters.page - 1) * perPage),
    facets({ category: '', ...anyPrice }),
    facets({ category: '' }),
    facets(anyPrice),
  ]);
  if (filters.page > 1 && page.products.length === 0) notFound();
  return {
    ...page,
    categories: all.categories.map(({ category }) => ({ category, product_count: ofPrice.categories.find(one => one.category === category)?.product_count ?? 0 })),
    priceBands: all.price_bands.map(band => ({ ...band, product_count: ofCategory.price_bands.find(({ min_price }) => min_price === band.min_price)?.product_count ?? 0 })),
  };
}

/** Those of a page are often the same: asked once for each query. */
const facetsOf = cache(async (query: string) => wanted(await till.products.facets(JSON.parse(query) as FacetsQuery, live)));

/**
 * A page of a search with what is sold out behind everything that can be had, over all pages: two lists, of which the
 * second begins at the first one's length. What has only some of the words comes behind both kinds; there each page is
 * sorted by itself, because a thing that matches and is sold out says more than one that does not match.
 */
async function soldOutLast(query: SearchQuery, offset: number) {
  const search = async (more: SearchQuery) => wanted(await till.products.search({ ...query, limit: perPage, offset, ...more }, live));
  const [all, inStock] = await Promise.all([search({}), search({ in_stock: true })]);
  const { total, further, correction, totalIsAtLeast, next } = all;
  const page = { total, further, correction, totalIsAtLeast, hasNext: next !== null };
  if (further > 0 || totalIsAtLeast) return { ...page, products: [...all.items].sort((a, b) => Number(a.stock_quantity === 0) - Number(b.stock_quantity === 0)) };
  const left = all.items.length - inStock.items.length;
  const soldOut = left > 0 ? (await search({ in_stock: false, limit: left, offset: Math.max(0, offset - inStock.total) })).items : [];
  return { ...page, products: [...inStock.items, ...soldOut] };
}

/** Countries get their names here, once, so that server and browser write them the same. */
export async function checkoutAsked(): Promise<Asked> {
  const [form, methods] = await Promise.all([till.checkout.form(live), till.checkout.shippingMethods(undefined, live)]);
  const { requires, countries } = unwrap(form);
  const names = new Intl.DisplayNames(shop.locale, { type: 'region' });
  const named = countries.map(country => ({ ...country, name: names.of(country.code) ?? country.code, labels: labelsIn(country.code) }));
  return { requires, countries: named.sort((a, b) => a.name.localeCompare(b.name, shop.locale)), methods: unwrap(methods) };
}
