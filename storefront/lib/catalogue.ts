// What the pages show of the catalogue.
import 'server-only';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { unwrap } from 'till-client';
import { perPage } from './shop';
import type { Filters } from './filters';
import { cached, live, till } from './till';

export const categories = cache(async () => unwrap(await till.products.categories(cached())));

export const newest = async (limit: number) => unwrap(await till.products.list({ limit }, cached())).items;

export const cheapest = async (max_price: number, limit: number) =>
  unwrap(await till.products.search({ max_price, sort: 'price_asc', limit }, cached())).items;

/** The first few of a category, as they are shown elsewhere. */
export const sample = async (category: string, limit: number) =>
  unwrap(await till.products.search({ category, sort: 'newest', limit }, cached(`category:${category}`))).items;

/** A product as it is now. Ends the page with 404 where there is none, or no longer. */
export const product = cache(async (id: string) => {
  const found = await till.products.get(id, live);
  if (!found.ok && (found.error.kind === 'not_found' || found.error.kind === 'validation')) notFound();
  return unwrap(found);
});

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
  const { items, total, totalIsAtLeast, next } = unwrap(page);
  return {
    products: items,
    total,
    totalIsAtLeast,
    hasNext: next !== null,
    categories: unwrap(byCategory).categories,
    priceBands: unwrap(byPrice).price_bands,
  };
}
