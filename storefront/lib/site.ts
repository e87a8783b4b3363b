// What a page says of itself to search engines, and to what shows a link to it.
import 'server-only';
import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { shop } from './shop';

/** Where the shop is, without a slash at the end: SHOP_URL, or else what the request says. */
export async function siteUrl(): Promise<string> {
  if (process.env.SHOP_URL) return process.env.SHOP_URL.replace(/\/+$/, '');
  const from = await headers();
  const first = (name: string) => from.get(name)?.split(',')[0]?.trim();
  const url = `${first('x-forwarded-proto') ?? 'http'}://${first('x-forwarded-host') ?? first('host')}`;
  return URL.canParse(url) ? new URL(url).origin : 'http://localhost';
}

export const absolute = (site: string, path: string) => new URL(path, site).href;

/** The page's name and its one address. `image`: a picture of what is on it. */
export const described = (path: string, { title, description = shop.about, image = '/opengraph.png' }: { title?: string; description?: string; image?: string }): Metadata => ({
  ...(title !== undefined && { title }),
  description,
  alternates: { canonical: path },
  openGraph: { type: 'website', siteName: shop.name, url: path, title: title ?? `${shop.name}: ${shop.line}`, description, images: [image] },
});

/** Data for search engines, as a script's text. `<` is escaped, so that no name or description ends the script. */
export const jsonLd = (data: object) => ({ __html: JSON.stringify({ '@context': 'https://schema.org', ...data }).replace(/</g, '\\u003c') });
