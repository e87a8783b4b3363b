// What the pages show of the catalogue, and what the shop asks at checkout.
import 'server-only';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { unwrap, type Result } from 'till-client';
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

export const newest = async (limit: number) => unwrap(await till.products.list({ limit }, cached())).items;

export const cheapest = async (max_price: number, limit: number) =>
  unwrap(await till.products.search({ max_price, sort: 'price_asc', limit }, cached())).items;

/** The first few of a category, as they are shown elsewhere. */
export const sample = async (category: string, limit: number) =>
  unwrap(await till.products.search({ category, sort: 'newest', limit }, cached(`category:${category}`))).items;

/** A product as it is now. Ends the page with 404 if there is none, or no longer. */
export const product = cache(async (id: string) => wanted(await till.products.get(id, live)));

const queryOf = ({ q, category, min_price, max_price }: Filters) => ({
  ...(q && { q }),
  ...(category && { category }),
  ...(min_price !== null && { min_price }),
  ...(max_price !== null && { max_price }),
});

/**
 * A page of results, and for each filter what it would find if it were set otherwise. Not cached: people type anything,
 * and a cache would keep all of it.
 */
export async function results(filters: Filters) {
  const query = queryOf(filters);
  const anyCategory = queryOf({ ...filters, category: '' });
  const anyPrice = queryOf({ ...filters, min_price: null, max_price: null });
  const [page, byCategory, byPrice] = await Promise.all([
    till.products.search({ ...query, sort: filters.sort, limit: perPage, offset: (filters.page - 1) * perPage }, live),
    till.products.facets(anyCategory, live),
    till.products.facets(anyPrice, live),
  ]);
  const { items, total, further, correction, totalIsAtLeast, next } = wanted(page);
  return {
    products: items,
    total,
    further,
    correction,
    totalIsAtLeast,
    hasNext: next !== null,
    categories: wanted(byCategory).categories,
    priceBands: wanted(byPrice).price_bands,
  };
}

/** Countries get their names here, once, so that server and browser write them the same. */
export async function checkoutAsked(): Promise<Asked> {
  const [form, methods] = await Promise.all([till.checkout.form(live), till.checkout.shippingMethods(undefined, live)]);
  const { requires, countries } = unwrap(form);
  const names = new Intl.DisplayNames(shop.locale, { type: 'region' });
  const named = countries.map(country => ({ ...country, name: names.of(country.code) ?? country.code, labels: labelsIn(country.code) }));
  return { requires, countries: named.sort((a, b) => a.name.localeCompare(b.name, shop.locale)), methods: unwrap(methods) };
}
