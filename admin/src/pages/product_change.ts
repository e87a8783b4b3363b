/** Changes of products that show at once, and can be undone. */
import { api, ApiError, apiPage, apiTagged, newIdempotencyKey } from '../api.js';
import { money, parseMoney, plainMoney } from '../format.js';
import { changeRows } from '../store.js';
import { t } from '../texts.js';
import { act } from '../toasts.js';
import type { Product } from './product_list.js';

export const product_keys = ['products:', 'product:'];

const show = (product: Product, changes: Partial<Product>) => () => changeRows<Product>('products:', [product.id], row => ({ ...row, ...changes }));

const patch = (product: Product, body: { price: number } | { is_active: boolean }) => api('patch', '/products/{product_id}', { path: { product_id: product.id }, body });

export type Restored = 'price' | 'category' | 'is_active';

/** The product as it is now, with its ETag if shoppers see it. */
async function productNow(id: string) {
  try {
    return await apiTagged('/products/{product_id}', { path: { product_id: id } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    const { rows } = await apiPage('/admin/products', { query: { q: id, limit: 1 } });
    return { data: rows.find(row => row.id === id), tag: undefined };
  }
}

/** Gives a product back what it had, unless somebody has changed it meanwhile. Returns whether it did. */
export async function restore(product: Product, field: Restored, changed: Product[Restored]): Promise<boolean> {
  const { data, tag } = await productNow(product.id);
  const now = field === 'is_active' ? (data as Product | undefined)?.is_active ?? true : data?.[field];
  if (now !== changed) return false;
  try {
    await api('patch', '/products/{product_id}', { path: { product_id: product.id }, body: { [field]: product[field] } as { price: number }, ifMatch: tag });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) return false;
    throw error;
  }
}

/** Undoes one change; says so if it was left. */
const restoreOne = async (product: Product, field: Restored, changed: Product[Restored]) => ((await restore(product, field, changed)) ? undefined : t.product.undoLeft([product.name]));

const setPrice = (product: Product, price: number, currency: string) => void act({
  apply: show(product, { price }),
  send: () => patch(product, { price }),
  undo: { what: t.undoOf.price(product.name), run: () => restoreOne(product, 'price', price) },
  done: t.product.priceChanged(product.name, money(price, currency)), failed: t.product.notChanged(product.name), refresh: product_keys, row: product.id,
});

/** Takes what was typed as the price. Returns what is wrong with it. */
export function changePrice(product: Product, typed: string, currency: string): string | undefined {
  const price = parseMoney(typed, currency);
  if (Number.isNaN(price)) return t.errors.amount(plainMoney(1250, currency));
  if (price !== product.price) setPrice(product, price, currency);
  return undefined;
}

const addStock = (product: Product, delta: number, reason?: string) =>
  api('post', '/products/{product_id}/stock', { path: { product_id: product.id }, body: { delta, ...(reason ? { reason } : {}) }, key: newIdempotencyKey() });

export const adjustStock = (product: Product, delta: number, reason?: string) => act({
  apply: show(product, { stock_quantity: product.stock_quantity + delta }),
  send: () => addStock(product, delta, reason),
  undo: { what: t.undoOf.stock(product.name), run: () => addStock(product, -delta, t.undo) },
  done: ({ stock_quantity }) => t.product.stockChanged(product.name, stock_quantity), failed: t.product.notChanged(product.name), refresh: product_keys, row: product.id,
});

/** Takes `12` as a count and `+5` as a delivery; both are sent as a difference, so that a sale in between is not lost. Returns what is wrong. */
export function changeStock(product: Product, typed: string): string | undefined {
  if (!/^[+\-−]?\d{1,15}$/.test(typed)) return t.product.stockTyped;
  const number = Number(typed.replace('−', '-')), delta = /^\d/.test(typed) ? number - product.stock_quantity : number;
  if (product.stock_quantity + delta < 0) return t.product.stockTyped;
  if (delta !== 0) void adjustStock(product, delta);
  return undefined;
}

export const setActive = (product: Product, is_active: boolean) => act({
  apply: show(product, { is_active }),
  send: () => patch(product, { is_active }),
  undo: { what: t.undoOf.active(product.name, is_active), run: () => restoreOne(product, 'is_active', is_active) },
  done: is_active ? t.product.broughtBack(product.name) : t.product.tookOut(product.name), failed: t.product.notChanged(product.name), refresh: product_keys, row: product.id,
});
