// The template's provider, on Till. A product of Till has one variant, which has its id; a collection is a category; a cart is a
// session, whose id is in the template's own cookie, cartId.
import { revalidateTag } from 'next/cache';
import { cookies } from 'next/headers';
import { notFound } from 'next/navigation';
import { NextResponse, type NextRequest } from 'next/server';
import { createTill, unwrap, type CartItem as Line, type Order, type Product as TillProduct, type SearchQuery, type SearchSort } from 'till-client';
import type { Cart, CartItem, Collection, Image, Menu, Money, Page, Product } from './types';

const baseUrl = process.env.TILL_URL ?? 'http://127.0.0.1:8000';
const CART = 'cartId';
const COOKIE = { httpOnly: true, sameSite: 'lax', secure: process.env.NODE_ENV === 'production', maxAge: 400 * 24 * 3600 } as const;
const CATALOGUE = 'catalogue';
const NO_VARIANT = 'Default Title'; // the template shows a variant's title unless it is this

/** Answers that are the same for everybody are kept for a minute, or until revalidate() is called. */
const kept = { init: { next: { revalidate: 60, tags: [CATALOGUE] } } as RequestInit };
const catalogue = createTill({ baseUrl });

async function tillForShopper() {
  const jar = await cookies();
  return createTill({
    baseUrl,
    sessionId: jar.get(CART)?.value,
    onSession: (id) => { jar.set(CART, id, COOKIE); },
  });
}

// ---- Till's words in the template's.

const currency = async () => unwrap(await catalogue.checkout.form(kept)).currency.toUpperCase();

function money(amount: number, currencyCode: string): Money {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode }).resolvedOptions().maximumFractionDigits ?? 2;
  return { amount: (amount / 10 ** digits).toFixed(digits), currencyCode };
}

const titleOf = (category: string) => category.charAt(0).toUpperCase() + category.slice(1).replace(/[-_]/g, ' ');
const imageOf = (product: TillProduct): Image => ({ url: catalogue.imageUrl(product), altText: product.name, width: 1200, height: 1200 });
const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function productOf(product: TillProduct, code: string): Product {
  const price = money(product.price, code), image = imageOf(product), availableForSale = product.stock_quantity > 0;
  return {
    id: product.id,
    handle: product.id,
    availableForSale,
    title: product.name,
    description: product.description,
    descriptionHtml: `<p>${escaped(product.description).replace(/\n+/g, '</p><p>')}</p>`,
    options: [],
    priceRange: { minVariantPrice: price, maxVariantPrice: price },
    variants: [{ id: product.id, title: NO_VARIANT, availableForSale, selectedOptions: [], price }],
    featuredImage: image,
    images: [image],
    seo: { title: product.name, description: product.description },
    tags: availableForSale ? [product.category] : [product.category, 'sold-out'],
    updatedAt: new Date().toISOString(),
  };
}

const lineOf = ({ id, quantity, product }: Line, code: string): CartItem => ({
  id,
  quantity,
  cost: { totalAmount: money(product.price * quantity, code) },
  merchandise: { id: product.id, title: NO_VARIANT, selectedOptions: [], product: { id: product.id, handle: product.id, title: product.name, featuredImage: imageOf(product) } },
});

function cartOf(id: string | undefined, lines: Line[], code: string): Cart {
  const total = money(lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0), code);
  return {
    id,
    checkoutUrl: '/checkout',
    cost: { subtotalAmount: total, totalAmount: total, totalTaxAmount: money(0, code) },
    lines: lines.map((line) => lineOf(line, code)),
    totalQuantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

const collectionOf = (handle: string, title: string, path: string): Collection => ({
  handle, title, path, description: title, seo: { title, description: title }, updatedAt: new Date().toISOString(),
});

// ---- The catalogue.

function sortOf(sortKey: string | undefined, reverse: boolean | undefined): SearchSort | undefined {
  if (sortKey === 'PRICE') return reverse ? 'price_desc' : 'price_asc';
  return sortKey?.startsWith('CREATED') ? 'newest' : undefined;
}

async function search(query: SearchQuery, sortKey?: string, reverse?: boolean): Promise<Product[]> {
  const sort = sortOf(sortKey, reverse);
  const { items } = unwrap(await catalogue.products.search({ limit: 100, ...query, ...(sort && { sort }) }, kept));
  const code = await currency();
  return items.map((product) => productOf(product, code));
}

export const getProducts = async ({ query, reverse, sortKey }: { query?: string; reverse?: boolean; sortKey?: string }): Promise<Product[]> =>
  search(query ? { q: query } : {}, sortKey, reverse);

export async function getProduct(handle: string): Promise<Product | undefined> {
  const found = await catalogue.products.get(handle, kept);
  if (!found.ok && ['not_found', 'validation'].includes(found.error.kind)) return undefined;
  return productOf(unwrap(found), await currency());
}

export async function getProductRecommendations(productId: string): Promise<Product[]> {
  const product = unwrap(await catalogue.products.get(productId, kept));
  return (await search({ category: product.category, limit: 9 })).filter(({ id }) => id !== productId);
}

export async function getCollections(): Promise<Collection[]> {
  const categories = unwrap(await catalogue.products.categories(kept));
  return [collectionOf('', 'All', '/search'), ...categories.map(({ category }) => collectionOf(category, titleOf(category), `/search/${encodeURIComponent(category)}`))];
}

export const getCollection = async (handle: string): Promise<Collection | undefined> => (await getCollections()).find((collection) => collection.handle === handle);

/** The home page asks for collections that a shop on Shopify hides; here they are the newest products. */
export const getCollectionProducts = async ({ collection, reverse, sortKey }: { collection: string; reverse?: boolean; sortKey?: string }): Promise<Product[]> =>
  collection.startsWith('hidden-') ? search({ limit: 12 }, 'CREATED') : search({ category: decodeURIComponent(collection) }, sortKey, reverse);

export async function getMenu(handle: string): Promise<Menu[]> {
  const collections = await getCollections();
  return (handle.includes('footer') ? collections : collections.slice(0, 4)).map(({ title, path }) => ({ title, path }));
}

/** Till has no pages of text: write them as routes of your app. */
export const getPage = async (_handle: string): Promise<Page> => notFound();
export const getPages = async (): Promise<Page[]> => [];

// ---- The cart.

/** A new session. The template sets the cookie to its id; Till learns it with the first thing in the cart. */
export const createCart = async (): Promise<Cart> => cartOf(crypto.randomUUID(), [], await currency());

async function currentCart(till: Awaited<ReturnType<typeof tillForShopper>>): Promise<Cart> {
  return cartOf(till.sessionId, unwrap(await till.cart.get()), await currency());
}

export async function getCart(): Promise<Cart | undefined> {
  const till = await tillForShopper();
  return till.sessionId ? currentCart(till) : undefined;
}

/** The cart after a change. Its cookie is set again: it lives longer then, and Next.js renders the page anew, which the template's revalidateTag() does not do. */
async function changedCart(till: Awaited<ReturnType<typeof tillForShopper>>): Promise<Cart> {
  if (till.sessionId) (await cookies()).set(CART, till.sessionId, COOKIE);
  return currentCart(till);
}

export async function addToCart(lines: { merchandiseId: string; quantity: number }[]): Promise<Cart> {
  const till = await tillForShopper();
  for (const { merchandiseId, quantity } of lines) unwrap(await till.cart.add(merchandiseId, quantity));
  return changedCart(till);
}

export async function updateCart(lines: { id: string; merchandiseId: string; quantity: number }[]): Promise<Cart> {
  const till = await tillForShopper();
  for (const { id, quantity } of lines) unwrap(await till.cart.setQuantity(id, quantity));
  return changedCart(till);
}

export async function removeFromCart(lineIds: string[]): Promise<Cart> {
  const till = await tillForShopper();
  for (const id of lineIds) unwrap(await till.cart.remove(id));
  return changedCart(till);
}

// ---- The checkout, which on Shopify is Shopify's.

/** Orders what is in the cart, pays for it with a test method, and returns the order's id. The newest line names the order, so that two clicks make one. */
export async function payCart(paymentMethod: string): Promise<string> {
  const till = await tillForShopper();
  const ids = unwrap(await till.cart.get()).map((line) => line.id);
  const order = unwrap(await till.orders.place(ids, { idempotencyKey: `order-${ids[0]}` }));
  const intent = unwrap(await till.payments.createIntent(order.id));
  const payment = unwrap(await till.payments.confirm(intent.id, paymentMethod));
  if (payment.status !== 'succeeded') throw new Error(payment.failure_message ?? 'The card was declined.');
  return order.id;
}

export async function getOrder(id: string): Promise<{ order: Order; total: Money } | undefined> {
  const found = await (await tillForShopper()).orders.get(id);
  return found.ok ? { order: found.data, total: money(found.data.total_amount, await currency()) } : undefined;
}

/** POST /api/revalidate?secret=… empties what is kept: for a webhook of Till on product events. */
export async function revalidate(request: NextRequest): Promise<NextResponse> {
  const secret = process.env.SHOPIFY_REVALIDATION_SECRET;
  if (!secret || request.nextUrl.searchParams.get('secret') !== secret) return NextResponse.json({ status: 401 }, { status: 401 });
  revalidateTag(CATALOGUE, 'max');
  return NextResponse.json({ status: 200, revalidated: true, now: Date.now() });
}
