// What a shopper can do, whoever asks for it: a server action with the shopper's session in a header (the same-origin
// set-up), or the shopper's browser with Till's cookie (the cross-origin one). Nothing here throws over the network:
// what went wrong is part of the answer, in words for the shopper.
import type { CallOptions, CartItem, Order, OrderDetails, Quote, Till, TillError } from 'till-client';
import { noFields, quoteBody, type Fields, type Problems } from './checkout';
import { chosenMethod, orderBody, problemsOf } from './checkout-order';
import { openOrder } from './lookup';

/** `items` is null where the cart could not be read: what is on the screen stays then. */
export interface Cart {
  items: CartItem[] | null;
  problem: string | null;
}

export type Placed = { order: string } | Refused;

/** `errors`: what is wrong with which field. `totals`: what it would cost now, which is more than the shopper has seen. */
export interface Refused extends Cart { errors?: Problems; totals?: Quote }

/** What the cart would cost; `method` is the way to ship that this is with. Neither quote nor problem: it was aborted. */
export interface Quoting { quote: Quote | null; method: string; problem: string | null }

export type Paid =
  | { state: 'paid' } // by this attempt
  | { state: 'settled' } // before it: nothing was charged now
  | { state: 'declined'; problem: string } // another attempt may follow, with another key
  | { state: 'bank' } // which wants the shopper to approve first; nothing was charged yet
  | { state: 'unknown'; problem: string }; // the same attempt may be repeated: its key keeps it from charging twice

/** What a payment form of the provider's own needs. */
export interface Intent { payment: string; secret: string; amount: number; currency: string }

/** An order in full. */
export type ShownOrder = OrderDetails;

/** Nothing found and no problem: there is none. */
export interface Found<T> { found: T | null; problem: string | null }

export type DirectCalls = ReturnType<typeof shopperCalls>;
/** Without quotes, which the browser asks for itself, since a server action cannot be aborted; and without links, which one page opens. */
export type ShopperCalls = Omit<DirectCalls, 'quote' | 'open'>;

const ORDERS_SHOWN = 50;

const cartChanged = 'Your cart has changed in the meantime. Have a look, and check out again.';
const out = 'The shop cannot be reached just now. Try again in a moment.';

function words(error: TillError): string {
  switch (error.kind) {
    case 'insufficient_stock': return 'There are not that many left.';
    case 'quantity_too_large': return `One order can have at most ${error.short[0]?.available ?? 'so many'} of one thing.`;
    case 'hold_too_large': return 'Your other orders hold a lot of this already: pay or cancel one of them first.';
    case 'cart_full': return 'The cart is full: a hundred different things fit into it.';
    case 'total_too_large': return 'That is more than one order can be.';
    case 'total_too_small': return 'That is too little to be paid by card: add something.';
    case 'not_found': return 'That is no longer in the shop.';
    case 'order_not_pending': return 'This order has been settled already.';
    case 'network': case 'timeout': case 'unavailable': case 'fault': case 'in_progress': return out;
    default: return error.detail;
  }
}

export function shopperCalls(till: Till) {
  async function cart(error: TillError | null = null): Promise<Cart> {
    if (error?.kind === 'timeout') return { items: null, problem: words(error) }; // it would not be answered either
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

    /** Names a way to ship where the shopper has chosen none that is offered. */
    async quote(lines: string[], fields: Fields, signal?: AbortSignal): Promise<Quoting> {
      const options = { ...live, signal };
      let method = fields.method, asked = await till.checkout.quote(quoteBody(lines, fields), options);
      if (asked.ok) method = chosenMethod(fields, asked.data);
      if (asked.ok && method !== fields.method) asked = await till.checkout.quote(quoteBody(lines, { ...fields, method }), options);
      if (asked.ok) return { quote: asked.data, method, problem: null };
      const { kind } = asked.error;
      return { quote: null, method, problem: kind === 'aborted' ? null : kind === 'not_found' ? cartChanged : words(asked.error) };
    },

    /**
     * Orders these lines for no more than `seen`, the total that the shopper has seen. A line is in one order at most, so the
     * newest of them names the checkout: whoever asks twice, from two tabs or after a lost answer, gets the order that is there.
     */
    async place(lines: string[], fields: Fields = noFields, seen: number | null = null): Promise<Placed> {
      const body = { ...orderBody(lines, fields), ...(seen !== null && { expected_total: seen }) };
      const placed = await till.orders.place(body, { ...placing, idempotencyKey: `checkout-${[...lines].sort().at(-1)}` });
      if (placed.ok) return { order: placed.data.id };
      const { error } = placed;
      const errors = error.kind === 'validation' ? problemsOf(error.issues, fields) : null;
      if (errors) return { items: null, problem: null, errors };
      switch (error.kind) {
        case 'not_found': case 'key_reused': return { ...(await cart()), problem: cartChanged };
        case 'insufficient_stock': return { ...(await cart()), problem: 'Somebody was quicker: not everything is there any more.' };
        case 'no_shipping': return { items: null, problem: null, errors: { method: 'It cannot be sent there in this way.' } };
        case 'total_changed': return { items: null, problem: null, totals: error.totals };
        default: return cart(error);
      }
    },

    /** One attempt to pay; `attempt` is its name, and what is repeated under a name is charged once. */
    async pay(order: string, method: string, attempt: string): Promise<Paid> {
      const intent = await till.payments.createIntent(order, { ...paying, idempotencyKey: `${attempt}-intent` });
      if (!intent.ok) return unpaid(intent.error);
      return outcome(await till.payments.confirm(intent.data.id, method, { ...paying, idempotencyKey: `${attempt}-confirm` }));
    },

    /** For a payment form of the provider's own, which charges by itself; `settle` tells Till that it has. */
    async intent(order: string): Promise<Found<Intent>> {
      const intent = await till.payments.createIntent(order, paying);
      if (!intent.ok) return { found: null, problem: intent.error.kind === 'order_not_pending' ? null : words(intent.error) };
      const { id, client_secret, amount, currency } = intent.data;
      return { found: { payment: id, secret: client_secret ?? '', amount, currency }, problem: null };
    },

    settle: async (payment: string): Promise<Paid> => outcome(await till.payments.confirm(payment, undefined, paying)),

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
      const read = await till.orders.details(id, live);
      if (read.ok) return { found: read.data, problem: null };
      return { found: null, problem: ['not_found', 'validation'].includes(read.error.kind) ? null : words(read.error) };
    },

    /** By the token of a mail's link. */
    open: (token: string) => openOrder(till, token),

    /** The newest; `status`: only those. */
    async orders(status?: Order['status']): Promise<Found<ShownOrder[]>> {
      const list = await till.orders.list({ limit: ORDERS_SHOWN }, live);
      if (!list.ok) return { found: null, problem: words(list.error) };
      const wanted = list.data.items.filter(order => !status || order.status === status);
      const read = await Promise.all(wanted.map(({ id }) => till.orders.details(id, live)));
      const failed = read.find(result => !result.ok);
      return failed?.error ? { found: null, problem: words(failed.error) } : { found: read.flatMap(result => result.data ?? []), problem: null };
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
}

const live: CallOptions = { init: { cache: 'no-store' } };

/** For an order, and for what waits for the payment provider as well: safe to repeat, and worth a wait. */
const placing = { timeoutMs: 4_000, deadlineMs: 6_000 };
const paying = { timeoutMs: 12_000, deadlineMs: 18_000 };
