// Compiled, never run: what the types allow, and what they refuse.
import { createTill, unwrap, type Order, type Product, type Result, type TillError } from 'till-client';

const till = createTill({ baseUrl: '/api/till' });

export async function results() {
  const found = await till.products.search({ q: 'lamp', sort: 'price_asc' });
  // @ts-expect-error the data is there only once `ok` is known
  found.data.items;
  if (found.ok) {
    const product: Product = found.data.items[0]!;
    const price: number = product.price;
    // @ts-expect-error a product of the shop's has no such field
    product.is_active;
    return price;
  }
  // @ts-expect-error and an error has no data
  found.data.items;
  const order: Order = unwrap(await till.orders.get('id'));
  const status: 'pending' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'expired' | 'refunded' = order.status;
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

export async function checkout() {
  const quote = unwrap(await till.checkout.quote({ cart_item_ids: ['id'], shipping_address: { country: 'DE' } }));
  quote.tax_included satisfies boolean;
  quote.shipping_options[0]?.min_days satisfies number | null | undefined;
  const details = unwrap(await till.orders.details('id'));
  details.shipping_address satisfies { country: string } | null;
  details.can_cancel satisfies boolean;
  const settings = unwrap(await till.settings.get());
  settings.checkout_requires satisfies ('email' | 'address' | 'shipping')[];
  const product = unwrap(await till.products.get('id', { include: ['shipping'] }));
  product.ships satisfies boolean | undefined;
  // @ts-expect-error there only if it was asked for
  product.tax_class satisfies string;
  // @ts-expect-error a weight may not be known
  product.weight_grams satisfies number | undefined;
  // @ts-expect-error nothing else can be asked for
  await till.products.get('id', { include: ['colour'] });
  // @ts-expect-error an order is not shipped to a country alone
  await till.orders.place({ cart_item_ids: ['id'], shipping_address: { country: 'DE' } });
  const method = unwrap(await till.shippingMethods.create({ name: 'Standard', tiers: [{ from: 0, price: 490 }] }));
  method.countries satisfies string[];
  // @ts-expect-error what goes by something else than these
  await till.shippingMethods.create({ name: 'Standard', basis: 'volume', tiers: [] });
  const rate = unwrap(await till.taxRates.create({ country: 'DE', name: 'VAT', rate_e5: 19000 }));
  return [method.free_from satisfies number | null, rate.class satisfies string];
}

export async function payments() {
  const made = unwrap(await till.payments.createIntent('order'));
  const secret: string | null = made.client_secret;
  const settled = unwrap(await till.payments.confirm(made.id, 'pm_card_visa'));
  // @ts-expect-error what a shopper is told may be missing
  settled.failure_message satisfies string;
  return [secret, settled.status satisfies 'pending' | 'succeeded' | 'failed'];
}
