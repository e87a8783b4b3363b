import type { Metadata } from 'next';
import Link from 'next/link';
import type { Product } from 'till-client';
import { Picture } from '@/components/picture';
import { ProductGrid } from '@/components/product-card';
import { categories, cheapest, newest, sample } from '@/lib/catalogue';
import { categoryPath, productPath, searchPath } from '@/lib/filters';
import { money, roundMoney } from '@/lib/money';
import { shop } from '@/lib/shop';
import { absolute, described, jsonLd, siteUrl } from '@/lib/site';

const SMALL_PRICE = 4000; // minor units
const ROW = 4;
const NEW = 8;
const TILES = 8;

export const metadata: Metadata = described('/', {});

export default async function Home() {
  const site = await siteUrl();
  const [menu, all, small] = await Promise.all([categories(), newest(24), cheapest(SMALL_PRICE, ROW)]);
  const tiles = menu.slice(0, TILES).map(({ category }) => category);
  const ofTiles = await Promise.all(tiles.map(name => sample(name, 3)));
  return (
    <>
      <script type="application/ld+json" dangerouslySetInnerHTML={jsonLd({ '@type': 'WebSite', name: shop.name, description: shop.about, url: absolute(site, '/') })} />
      <Hero products={inWindow(all)} />
      <Tiles names={tiles} products={ofTiles.map(list => list.at(-1))} />
      <Section title="Just in" href={searchPath({ sort: 'newest' })} link="Everything"><ProductGrid products={all.slice(0, NEW)} wide /></Section>
      <Section title={`Under ${roundMoney(SMALL_PRICE)}`} href={searchPath({ max_price: SMALL_PRICE, sort: 'price_asc' })} link="All of them">
        <ProductGrid products={small} wide />
      </Section>
    </>
  );
}

/** Three for the window: the newest that can be had, each from a category of its own. */
function inWindow(products: Product[]): Product[] {
  const one = new Map(products.filter(product => product.stock_quantity > 0).reverse().map(product => [product.category, product]));
  const named = ['lighting', 'coffee', 'audio'].flatMap(name => one.get(name) ?? []);
  return [...new Set([...named, ...one.values()])].slice(0, 3);
}

/**
 * On a phone the pictures come before the words, so that the first thing to buy is in the first view. The heading stands where it
 * stands whatever follows it, because a slow machine shows it before it has read the rest.
 */
function Hero({ products: [first, ...rest] }: { products: Product[] }) {
  return (
    <section className="grid gap-x-6 gap-y-5 pt-5 pb-4 md:grid-cols-12 md:grid-rows-[auto_1fr] md:pt-10 lg:gap-x-10">
      <h1 className="text-3xl leading-[1.05] font-bold tracking-tight sm:text-5xl md:col-span-5 md:pt-10 lg:pt-16 lg:text-7xl lg:leading-[1.02]">{shop.line}</h1>
      {first && (
        <ul className="grid grid-cols-3 grid-rows-2 gap-3 sm:gap-4 md:col-span-7 md:col-start-6 md:row-span-2 md:row-start-1">
          <li className="col-span-2 row-span-2"><Shown product={first} isFirst /></li>
          {rest.map(product => <li key={product.id}><Shown product={product} /></li>)}
        </ul>
      )}
      <div className="md:col-span-5 md:row-start-2">
        <p className="max-w-md text-lg text-soft">{shop.about}</p>
        <Link href="/search" prefetch={false} className="button-main mt-6">See everything</Link>
      </div>
    </section>
  );
}

/** A picture that leads to its product. The first one has room for its name and price. */
function Shown({ product, isFirst = false }: { product: Product; isFirst?: boolean }) {
  return (
    <Link href={productPath(product.id)} prefetch={false} aria-label={`${product.name}, ${money(product.price)}`} className="group relative block overflow-hidden rounded-2xl md:rounded-3xl">
      <Picture product={product} eager size={800} className="transition-transform duration-500 group-hover:scale-[1.02]" />
      {isFirst && (
        <span className="absolute inset-x-2 bottom-2 flex justify-between gap-x-3 rounded-xl max-sm:h-13 max-sm:flex-col bg-ground px-3 py-1.5 text-sm font-medium sm:inset-x-auto sm:bottom-4 sm:left-4">
          <span className="truncate">{product.name}</span><span className="figures">{money(product.price)}</span>
        </span>
      )}
    </Link>
  );
}

function Section({ title, href, link, children }: { title: string; href: string; link: string; children: React.ReactNode }) {
  return (
    <section className="pt-16 sm:pt-20">
      <div className="mb-6 flex items-baseline justify-between gap-4">
        <h2 className="text-2xl font-bold tracking-tight sm:text-3xl">{title}</h2>
        <Link href={href} prefetch={false} className="link shrink-0 py-2">{link}</Link>
      </div>
      {children}
    </section>
  );
}

function Tiles({ names, products }: { names: string[]; products: (Product | undefined)[] }) {
  return (
    <nav aria-label="Shop by category" className="pt-10">
      <ul className="grid grid-cols-4 gap-3 sm:gap-4 lg:grid-cols-8">
        {names.map((name, i) => {
          const product = products[i];
          return (
            <li key={name}>
              <Link href={categoryPath(name)} prefetch={false} className="group block text-center">
                <span className="block overflow-hidden rounded-2xl">
                  {product ? <Picture product={product} size={200} className="transition-transform duration-500 group-hover:scale-105" /> : <span className="block aspect-square bg-sunken" />}
                </span>
                <span className="mt-2 block truncate text-sm font-medium capitalize group-hover:underline">{name}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
