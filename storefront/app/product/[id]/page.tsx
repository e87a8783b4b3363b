import type { Metadata } from 'next';
import Link from 'next/link';
import { AddToCart } from '@/components/add-to-cart';
import { Delivery } from '@/components/delivery';
import { Gallery } from '@/components/gallery';
import { ProductGrid, stockNote } from '@/components/product-card';
import { newest, product, sample } from '@/lib/catalogue';
import { categoryPath, productPath } from '@/lib/filters';
import { money, plainAmount } from '@/lib/money';
import { shop } from '@/lib/shop';
import { absolute, described, jsonLd, siteUrl } from '@/lib/site';
import { tight } from '@/lib/tight';
import type { Product } from 'till-client';

interface Props { params: Promise<{ id: string }> }

const MORE = 4;
const DESCRIPTION_MAX = 300; // characters that a search engine or a message may show
const LONG_NAME = 60; // characters, from which on a name is set smaller

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id, name, description, image_url } = await product((await params).id);
  return described(productPath(id), { title: name, description: description.slice(0, DESCRIPTION_MAX), ...(image_url && { image: image_url }) });
}

export default async function ProductPage({ params }: Props) {
  const shown = await product((await params).id);
  const note = stockNote(shown.stock_quantity);
  return (
    <>
      <script type="application/ld+json" dangerouslySetInnerHTML={jsonLd({ '@graph': forSearchEngines(shown, await siteUrl()) })} />
      <nav aria-label="Where you are" className="pt-3 text-soft sm:pt-6">
        <Link href={categoryPath(shown.category)} prefetch={false} className="inline-block py-1 capitalize hover:text-ink">← {shown.category}</Link>
      </nav>
      <article className="mt-1 grid gap-6 sm:mt-3 sm:gap-8 md:grid-cols-2 lg:grid-cols-[7fr_5fr] lg:gap-16">
        <Gallery product={shown} />
        <div className="self-start md:sticky md:top-20">
          <h1 title={shown.name} className={`line-clamp-5 leading-tight font-bold tracking-tight wrap-anywhere ${shown.name.length > LONG_NAME ? 'text-xl sm:text-2xl' : 'text-2xl sm:text-4xl'}`}>{tight(shown.name)}</h1>
          <p className="figures mt-3 text-2xl">{money(shown.price)}</p>
          <p className={`mt-1 ${note ? 'font-medium text-warn' : 'text-soft'}`}>{note ?? 'In stock'}</p>
          <div className="mt-5"><AddToCart key={shown.id} product={shown} /></div>
          <p className="mt-7 max-w-prose border-t border-line pt-7 text-lg leading-relaxed wrap-anywhere whitespace-pre-line">{tight(shown.description)}</p>
          <Delivery ships={shown.ships !== false} />
        </div>
      </article>
      <More than={shown} />
    </>
  );
}

/** schema.org's words for it, and for where it stands in the shop. */
function forSearchEngines({ id, name, description, price, stock_quantity, category, image_url, images = [] }: Product, site: string) {
  const url = absolute(site, productPath(id));
  const pictures = [...new Set([image_url, ...images.map(({ url }) => url)])].filter(Boolean).map(path => absolute(site, path));
  const step = (position: number, name: string, path: string) => ({ '@type': 'ListItem', position, name, item: absolute(site, path) });
  return [
    {
      '@type': 'Product',
      name,
      description,
      sku: id,
      url,
      category,
      ...(pictures.length > 0 && { image: pictures }),
      offers: {
        '@type': 'Offer',
        url,
        price: plainAmount(price),
        priceCurrency: shop.currency.toUpperCase(),
        availability: `https://schema.org/${stock_quantity > 0 ? 'InStock' : 'OutOfStock'}`,
      },
    },
    { '@type': 'BreadcrumbList', itemListElement: [step(1, shop.name, '/'), step(2, category, categoryPath(category)), step(3, name, productPath(id))] },
  ];
}

/** Of the same category, filled up with what is new. */
async function More({ than }: { than: Product }) {
  const related = (await sample(than.category, MORE + 1)).filter(({ id }) => id !== than.id).slice(0, MORE);
  const others = related.length < MORE ? (await newest(2 * MORE)).filter(({ id }) => id !== than.id && !related.some(one => one.id === id)) : [];
  const shown = [...related, ...others].slice(0, MORE);
  return shown.length > 0 && (
    <section className="pt-16 sm:pt-20">
      <h2 className="mb-6 text-2xl font-bold tracking-tight">{related.length > 0 ? <>More in <span className="capitalize">{than.category}</span></> : 'Also in the shop'}</h2>
      <ProductGrid products={shown} wide />
    </section>
  );
}
