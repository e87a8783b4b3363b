import type { MetadataRoute } from 'next';
import { absolute, siteUrl } from '@/lib/site';

/** What is one shopper's own, and the endless addresses of searches, are no use to a search engine. */
export default async function robots(): Promise<MetadataRoute.Robots> {
  return {
    rules: { userAgent: '*', allow: '/', disallow: ['/api/', '/cart', '/checkout', '/orders', '/search?'] },
    sitemap: absolute(await siteUrl(), '/sitemap.xml'),
  };
}
