import type { MetadataRoute } from 'next';
import { categories, everyProduct } from '@/lib/catalogue';
import { categoryPath, productPath } from '@/lib/filters';
import { absolute, siteUrl } from '@/lib/site';

const ADDRESSES_MAX = 50_000; // of one sitemap, as the protocol has it

/** Every page that is worth finding: the newest products, if there are more than a sitemap holds. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const site = await siteUrl(), menu = await categories();
  const paths = ['/', '/search', '/orders/find', ...menu.map(({ category }) => categoryPath(category))];
  for await (const { id } of everyProduct()) {
    if (paths.length === ADDRESSES_MAX) break;
    paths.push(productPath(id));
  }
  return paths.map(path => ({ url: absolute(site, path) }));
}
