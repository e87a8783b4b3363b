// What a shopper can do, whoever asks for it: a server action with the shopper's session in a header (the same-origin
// set-up), or the shopper's browser with Till's cookie (the cross-origin one). Nothing here throws over the network:
// what went wrong is part of the answer, in words for the shopper.
import type { CallOptions, CartItem, Order, Product, Till, TillError } from 'till-client';

/** `items` is null where the cart could not be read: what is on the screen stays then. */
export interface Cart {
  items: CartItem[] | null;
  problem: string | null;
}

export type Placed = { order: string } | Cart;

export type Paid =
  | { state: 'paid' } // by this attempt
  | { state: 'settled' } // before it: nothing was charged now
  | { state: 'declined'; problem: string } // another attempt may follow, with another key
  | { state: 'bank' } // which wants the shopper to approve first; nothing was charged yet
  | { state: 'unknown'; problem: string }; // the same attempt may be repeated: its key keeps it from charging twice

/** What a payment form of the provider's own needs. */
export interface Intent { payment: string; secret: string; amount: number; currency: string }

export interface OrderLine {
  id: string;
  quantity: number;
  price: number;
  product: Product | null; // null: no longer in the shop
}

export interface ShownOrder extends Omit<Order, 'items'> {
  lines: OrderLine[];
}

/** Nothing found and no problem: there is none. */
export interface Found<T> { found: T | null; problem: string | null }

export type ShopperCalls = ReturnType<typeof shopperCalls>;

const ORDERS_SHOWN = 50;

const out = 'The shop cannot be reached just now. Try again in a moment.';

function words(error: TillError): string {
  switch (error.kind) {
    case 'insufficient_stock': return 'There are not that many left.';
    case 'cart_full': return 'The cart is full: a hundred different things fit into it.';
    case 'total_too_large': return 'That is more than one order can be.';
    case 'not_found': return 'That is no longer in the shop.';
    case 'order_not_pending': return 'This order has been settled already.';
    case 'network': case 'timeout': case 'unavailable': case 'fault': case 'in_progress': return out;
    default: return error.detail;
  }
}

export function shopperCalls(till: Till) {
  async function cart(error: TillError | null = null): Promise<Cart> {
    const now = await till.cart.get(live);
    return { items: now.ok ? now.data : null, problem: error ? words(error) : now.ok ? null : out };
  }

  return {
    cart: () => cart(),

    async add(product: string, quantity: number): Promise<Cart> {
      const done = await till.cart.add(product, quantity);
      return cart(done.ok ? null : done.error);
    },

    /** None left of it is a removal. */
    async setQuantity(line: string, quantity: number): Promise<Cart> {
      const done = quantity > 0 ? await till.cart.setQuantity(line, quantity) : await till.cart.remove(line);
      return cart(done.ok ? null : done.error);
    },

    /**
     * Orders these lines. A line is in one order at most, so the newest of them names the checkout: whoever asks twice,
     * from two tabs or after a lost answer, gets the order that is there.
     */
    async place(lines: string[]): Promise<Placed> {
      const placed = await till.orders.place(lines, { idempotencyKey: `checkout-${[...lines].sort().at(-1)}` });
      if (placed.ok) return { order: placed.data.id };
      const { kind } = placed.error;
      if (kind === 'not_found' || kind === 'key_reused') return { ...(await cart()), problem: 'Your cart has changed in the meantime. Have a look, and check out again.' };
      if (kind === 'insufficient_stock') return { ...(await cart()), problem: 'Somebody was quicker: not everything is there any more.' };
      return cart(placed.error);
    },

    /** One attempt to pay; `attempt` is its name, and what is repeated under a name is charged once. */
    async pay(order: string, method: string, attempt: string): Promise<Paid> {
      const intent = await till.payments.createIntent(order, { idempotencyKey: `${attempt}-intent` });
      if (!intent.ok) return unpaid(intent.error);
      return outcome(await till.payments.confirm(intent.data.id, method, { idempotencyKey: `${attempt}-confirm` }));
    },

    /** For a payment form of the provider's own, which charges by itself; `settle` tells Till that it has. */
    async intent(order: string): Promise<Found<Intent>> {
      const intent = await till.payments.createIntent(order);
      if (!intent.ok) return { found: null, problem: intent.error.kind === 'order_not_pending' ? null : words(intent.error) };
      const { id, client_secret, amount, currency } = intent.data;
      return { found: { payment: id, secret: client_secret ?? '', amount, currency }, problem: null };
    },

    settle: async (payment: string): Promise<Paid> => outcome(await till.payments.confirm(payment)),

    /** Takes an order back that is not paid, and puts what was in it back into the cart. */
    async reopen(order: string): Promise<Cart> {
      const cancelled = await till.orders.cancel(order);
      if (!cancelled.ok) return cart(cancelled.error);
      let error: TillError | null = null;
      for (const item of cancelled.data.items) {
        const added = await till.cart.add(item.product_id, item.quantity);
        if (!added.ok) error = added.error;
      }
      return cart(error);
    },

    async order(id: string): Promise<Found<ShownOrder>> {
      const read = await till.orders.get(id, live);
      if (!read.ok) return { found: null, problem: ['not_found', 'validation'].includes(read.error.kind) ? null : words(read.error) };
      const [found] = await shown([read.data]);
      return { found: found ?? null, problem: null };
    },

    async orders(): Promise<Found<ShownOrder[]>> {
      const read = await till.orders.list({ limit: ORDERS_SHOWN }, live);
      return read.ok ? { found: await shown(read.data.items), problem: null } : { found: null, problem: words(read.error) };
    },
  };

  function outcome(result: Awaited<ReturnType<Till['payments']['confirm']>>): Paid {
    if (!result.ok) return unpaid(result.error);
    const { status, failure_message } = result.data;
    if (status === 'succeeded') return { state: 'paid' };
    return status === 'failed' ? { state: 'declined', problem: failure_message ?? 'The card was declined.' } : { state: 'bank' };
  }

  function unpaid(error: TillError): Paid {
    if (error.kind === 'order_not_pending') return { state: 'settled' };
    if (error.kind === 'payment_refused') return { state: 'declined', problem: 'The payment was refused. Try another card.' };
    return { state: 'unknown', problem: `${words(error)} You will not be charged twice.` };
  }

  /** An order names its products by id: here they get their names and pictures back. */
  async function shown(orders: Order[]): Promise<ShownOrder[]> {
    const ids = [...new Set(orders.flatMap(order => order.items.map(item => item.product_id)))];
    const read = await Promise.all(ids.map(id => till.products.get(id, named)));
    const products = new Map(read.map((result, i) => [ids[i], result.ok ? result.data : null]));
    return orders.map(({ items, ...order }) => ({
      ...order,
      lines: items.map(item => ({
        id: item.product_id,
        quantity: item.quantity,
        price: item.price_at_purchase,
        product: products.get(item.product_id) ?? null,
      })),
    }));
  }
}

const live: CallOptions = { init: { cache: 'no-store' } };
const named: CallOptions = { init: { next: { tags: ['catalogue'], revalidate: 60 } } }; // a browser takes no notice of it
