import Link from 'next/link';
import type { Product } from 'till-client';
import { productPath } from '@/lib/filters';
import { money } from '@/lib/money';
import { tight } from '@/lib/tight';
import { Picture } from './picture';

const LOW = 3;

/** What to say about stock, if anything. */
export function stockNote(stock: number): string | null {
  if (stock === 0) return 'Sold out';
  if (stock === 1) return 'The last one';
  return stock <= LOW ? `Only ${stock} left` : null;
}

type Level = 'h2' | 'h3';

function Card({ product, eager, level: Name }: { product: Product; eager: boolean; level: Level }) {
  const note = stockNote(product.stock_quantity);
  return (
    <article className="group relative">
      <div className="relative overflow-hidden rounded-2xl">
        <Picture product={product} eager={eager} className={`transition-transform duration-500 group-hover:scale-[1.03] ${product.stock_quantity ? '' : 'opacity-60'}`} />
        {note && <p className="absolute top-3 left-3 rounded-full bg-ground px-2.5 py-1 text-xs font-semibold text-ink">{note}</p>}
      </div>
      <Name className="mt-3 line-clamp-2 leading-snug font-medium wrap-anywhere">
        <Link href={productPath(product.id)} prefetch={false} className="after:absolute after:inset-0 after:rounded-2xl">{tight(product.name)}</Link>
      </Name>
      <p className="figures mt-1 text-soft">{money(product.price)}</p>
    </article>
  );
}

/** `eager`: how many of the pictures are seen before one scrolls. `level`: of the names, under the headings around them. */
export function ProductGrid({ products, eager = 0, wide = false, level = 'h3' }: { products: Product[]; eager?: number; wide?: boolean; level?: Level }) {
  return (
    <ul className={`grid grid-cols-2 gap-x-4 gap-y-8 sm:gap-x-6 sm:gap-y-10 md:grid-cols-3 ${wide ? 'lg:grid-cols-4' : ''}`}>
      {products.map((product, i) => <li key={product.id}><Card product={product} eager={i < eager} level={level} /></li>)}
    </ul>
  );
}
