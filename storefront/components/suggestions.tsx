// What is suggested while one types: words that complete it, and what it finds, with picture and price. Loaded once somebody types.
import type { Product, Suggestion } from 'till-client';
import { money } from '@/lib/money';
import { tight } from '@/lib/tight';
import { Icon } from './icons';
import { Picture } from './picture';

const PRODUCTS = 5;

/** `product` is null for words. */
export interface Offer { text: string; product: Product | null }

/** Throws if Till cannot be reached, or the signal ends it. */
export async function suggest(baseUrl: string, text: string, signal: AbortSignal): Promise<Offer[]> {
  const q = encodeURIComponent(text.trimStart());
  const get = async (path: string) => {
    const answer = await fetch(`${baseUrl}/products/${path}`, { signal });
    return answer.ok ? answer.json() : [];
  };
  const [words, products] = await Promise.all([get(`suggest?q=${q}`) as Promise<Suggestion[]>, get(`search?q=${q}&limit=${PRODUCTS}`) as Promise<Product[]>]);
  return [...words.filter(({ product_id }) => !product_id).map(({ text }) => ({ text, product: null })), ...products.map(product => ({ text: product.name, product }))];
}

export default function Suggestions({ id, offers, chosen, onTake }: { id: string; offers: Offer[]; chosen: number; onTake: (offer: Offer) => void }) {
  return (
    <ul id={id} role="listbox" aria-label="Suggestions" className="absolute inset-x-4 top-full z-20 mt-1 overflow-hidden rounded-2xl border border-line bg-raised py-2 shadow-lg sm:inset-x-0 sm:mt-2">
      {offers.map((offer, i) => (
        <li
          key={i} id={`${id}-${i}`} role="option" aria-selected={i === chosen}
          className={`flex min-h-11 cursor-pointer items-center gap-3 px-4 py-1 ${i === chosen ? 'bg-sunken' : 'hover:bg-sunken'}`}
          onPointerDown={event => event.preventDefault() /* keeps the focus in the box */} onClick={() => onTake(offer)}
        >
          {offer.product ? <Picture product={offer.product} size={40} className="w-10! shrink-0 rounded-lg" /> : <span className="grid size-10 shrink-0 place-items-center text-soft"><Icon name="search" className="size-4" /></span>}
          <span className="grow truncate">{tight(offer.text)}</span>
          {offer.product && <span className="figures text-soft"> {offer.product.stock_quantity === 0 ? 'Sold out' : money(offer.product.price)}</span>}
        </li>
      ))}
    </ul>
  );
}
