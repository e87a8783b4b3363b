// Compiled, never run: what the types allow, and what they refuse.
import { createTill, unwrap, type Order, type Product, type Result, type TillError } from 'till-client';

const till = createTill({ baseUrl: '/api/till' });

export async function results() {
  const found = await till.products.search({ q: 'lamp', sort: 'price_asc' });
  // @ts-expect-error the data is there only once `ok` is known
  found.data;
  if (found.ok) {
    const product: Product = found.data.items[0]!;
    const price: number = product.price;
    // @ts-expect-error a product of the shop's has no such field
    product.is_active;
    return price;
  }
  // @ts-expect-error and an error has no data
  found.data;
  const order: Order = unwrap(await till.orders.get('id'));
  const status: 'pending' | 'paid' | 'cancelled' | 'expired' | 'refunded' = order.status;
  return status;
}

export function errors(error: TillError) {
  // @ts-expect-error not every error names what is short
  error.short;
  if (error.kind === 'insufficient_stock') return error.short.map((line) => line.available);
  if (error.kind === 'validation') return error.issues[0]?.loc;
  // @ts-expect-error there is no such kind
  if (error.kind === 'sold_out') return null;
  return error.detail;
}

export async function arguments_() {
  // @ts-expect-error a sort that Till does not have
  await till.products.search({ sort: 'cheapest' });
  // @ts-expect-error a search has no cursor
  await till.products.search({ cursor: 1 });
  // @ts-expect-error money is an integer, never text
  await till.products.update('id', { price: '12.00' });
  // @ts-expect-error a product needs more than a name
  await till.products.create({ name: 'Lamp' });
  // @ts-expect-error the lines of the cart, not one
  await till.orders.place('id');
  // @ts-expect-error the address of the shop is needed
  createTill({});
  // @ts-expect-error the method is Till's to choose
  await till.cart.get({ init: { method: 'DELETE' } });
  const removed: Result<undefined> = await till.cart.remove('id');
  for await (const product of till.products.each({ limit: 10 })) product.name satisfies string;
  return removed;
}

export async function payments() {
  const made = unwrap(await till.payments.createIntent('order'));
  const secret: string | null = made.client_secret;
  const settled = unwrap(await till.payments.confirm(made.id, 'pm_card_visa'));
  // @ts-expect-error what a shopper is told may be missing
  settled.failure_message satisfies string;
  return [secret, settled.status satisfies 'pending' | 'succeeded' | 'failed'];
}
