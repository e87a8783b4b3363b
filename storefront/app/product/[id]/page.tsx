import type { Metadata } from 'next';
import Link from 'next/link';
import { AddToCart } from '@/components/add-to-cart';
import { Picture } from '@/components/picture';
import { ProductGrid, stockNote } from '@/components/product-card';
import { product, sample } from '@/lib/catalogue';
import { categoryPath } from '@/lib/filters';
import { money, plainAmount } from '@/lib/money';
import { shop } from '@/lib/shop';
import type { Product } from 'till-client';

interface Props { params: Promise<{ id: string }> }

const MORE = 4;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, description } = await product((await params).id);
  return { title: name, description };
}

export default async function ProductPage({ params }: Props) {
  const shown = await product((await params).id);
  const note = stockNote(shown.stock_quantity);
  return (
    <>
      <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: forSearchEngines(shown) }} />
      <nav aria-label="Where you are" className="pt-6 text-soft">
        <Link href={categoryPath(shown.category)} prefetch={false} className="inline-block py-1 capitalize hover:text-ink">← {shown.category}</Link>
      </nav>
      <article className="mt-3 grid gap-8 md:grid-cols-2 lg:grid-cols-[7fr_5fr] lg:gap-16">
        <Picture product={shown} alt={`Drawing: ${shown.name}`} eager size={800} className="rounded-3xl" />
        <div className="lg:pt-8">
          <h1 className="text-3xl leading-tight font-bold tracking-tight sm:text-4xl">{shown.name}</h1>
          <p className="figures mt-4 text-2xl">{money(shown.price)}</p>
          <p className={`mt-2 ${note ? 'font-medium text-warn' : 'text-soft'}`}>{note ?? 'In stock'}</p>
          <div className="mt-6"><AddToCart key={shown.id} product={shown} /></div>
          <p className="mt-8 max-w-prose border-t border-line pt-8 text-lg leading-relaxed whitespace-pre-line">{shown.description}</p>
        </div>
      </article>
      <section className="pt-20">
        <h2 className="mb-6 text-2xl font-bold tracking-tight">More in <span className="capitalize">{shown.category}</span></h2>
        <More than={shown} />
      </section>
    </>
  );
}

/** schema.org's words for it. `<` is escaped, so that no name or description ends the script. */
function forSearchEngines({ name, description, price, stock_quantity }: Product): string {
  return JSON.stringify({
    '@context': 'https://schema.org',
    '@type': 'Product',
    name,
    description,
    offers: {
      '@type': 'Offer',
      price: plainAmount(price),
      priceCurrency: shop.currency.toUpperCase(),
      availability: `https://schema.org/${stock_quantity > 0 ? 'InStock' : 'OutOfStock'}`,
    },
  }).replace(/</g, '\\u003c');
}

async function More({ than }: { than: Product }) {
  const others = (await sample(than.category, MORE + 1)).filter(({ id }) => id !== than.id);
  return others.length > 0
    ? <ProductGrid products={others.slice(0, MORE)} wide />
    : <p className="text-soft">This is the only one. <Link href="/search" prefetch={false} className="link">See everything</Link></p>;
}
