/** The client: what Till's endpoints are called here. */
import { call, callPage, type Caller, type Query } from './call.js';
import type { Result } from './errors.js';
import { newIdempotencyKey } from './keys.js';
import type { components } from './openapi.js';
import { eachItem, type Page } from './pages.js';
import { newSession, type SessionOptions } from './session.js';
import type { CallOptions, KeyedCallOptions, RetryOptions } from './transport.js';

type Schemas = components['schemas'];
export type Product = Schemas['ProductRead'];
export type ProductCreate = Schemas['ProductCreate'];
export type ProductUpdate = Schemas['ProductUpdate'];
export type Category = Schemas['CategoryRead'];
export type Facets = Schemas['FacetsRead'];
export type PriceBand = Schemas['PriceBandRead'];
export type Suggestion = Schemas['SuggestionRead'];
export type CartItem = Schemas['CartItemRead'];
export type Order = Schemas['OrderRead'];
export type OrderItem = Schemas['OrderItemRead'];
export type OrderStatus = Order['status'];
export type Payment = Schemas['PaymentRead'];
export type PaymentStatus = Payment['status'];

export type ListQuery = Query<'/products'>;
export type SearchQuery = Query<'/products/search'>;
export type SearchSort = NonNullable<SearchQuery['sort']>;
export type FacetsQuery = Query<'/products/facets'>;
export type OrdersQuery = Query<'/orders'>;

export interface TillOptions extends SessionOptions {
  /** Where Till is: `http://127.0.0.1:8000`, or in a browser a path of one's own server that leads there, such as `/api/till`. */
  baseUrl: string;
  fetch?: typeof fetch | undefined;
  /** Sent with the admin's calls only. Never give it to a browser. */
  adminToken?: string | undefined;
  retry?: RetryOptions | undefined;
  /** Milliseconds for an attempt, unless a call says otherwise; 8,000. */
  timeoutMs?: number | undefined;
  /** Milliseconds for all attempts of a call together; 20,000. */
  deadlineMs?: number | undefined;
}

export type Till = ReturnType<typeof createTill>;

/**
 * A client of the Till at `baseUrl`. In a browser one does for the page. On a server a client with a session belongs to one
 * shopper: make one for each request. One without may be shared, and can do everything but put things into a cart.
 */
export function createTill(options: TillOptions) {
  const caller = callerOf(options);
  return {
    baseUrl: caller.baseUrl,
    /** The session that is sent as a header; undefined where it is the browser's cookie, or there is none yet. */
    get sessionId(): string | undefined {
      return caller.session.id;
    },
    /** The absolute address of an `image_url`, which may be a path of Till's. */
    imageUrl: (product: Pick<Product, 'image_url'>): string =>
      product.image_url.startsWith('/') ? caller.baseUrl + product.image_url : product.image_url,
    products: products(caller),
    cart: cart(caller),
    orders: orders(caller),
    payments: payments(caller),
  };
}

function callerOf(options: TillOptions): Caller {
  const { retry = {}, timeoutMs = 8_000, deadlineMs = 20_000 } = options;
  return {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    session: newSession(options),
    adminToken: options.adminToken,
    transport: {
      fetch: options.fetch ?? ((...request) => fetch(...request)) /* looked up at each call: frameworks and tests replace it */,
      retry: { attempts: retry.attempts ?? 3, baseMs: retry.baseMs ?? 150, capMs: retry.capMs ?? 2_000 },
      timeoutMs,
      deadlineMs,
    },
  };
}

function products(caller: Caller) {
  const list = (query: ListQuery = {}, options?: CallOptions): Promise<Result<Page<Product, ListQuery>>> => callPage(caller, 'public', '/products', query, options);
  const search = (query: SearchQuery = {}, options?: CallOptions): Promise<Result<Page<Product, SearchQuery>>> => callPage(caller, 'public', '/products/search', query, options);

  return {
    /** A page of all products, newest first. */
    list,
    /** Every product, newest first, page by page: `for await (const product of till.products.each())`. Throws what fails. */
    each: (query: ListQuery = {}, options?: CallOptions): AsyncGenerator<Product> => eachItem(list, query, options),
    /** A page of what matches, the best first. */
    search,
    /** What matches, page by page, down to some 10,000. Throws what fails. */
    eachFound: (query: SearchQuery = {}, options?: CallOptions): AsyncGenerator<Product> => eachItem(search, query, options),
    get: (id: string, options?: CallOptions): Promise<Result<Product>> =>
      call(caller, 'public', 'get', '/products/{product_id}', { path: { product_id: id } }, options),
    /** Completions of what has been typed so far, 8 at most. */
    suggest: (q: string, options?: CallOptions): Promise<Result<Suggestion[]>> =>
      call(caller, 'public', 'get', '/products/suggest', { query: { q } }, options),
    /** How what the same filters find is spread over categories and prices. */
    facets: (query: FacetsQuery = {}, options?: CallOptions): Promise<Result<Facets>> =>
      call(caller, 'public', 'get', '/products/facets', { query }, options),
    categories: (options?: CallOptions): Promise<Result<Category[]>> => call(caller, 'public', 'get', '/categories', {}, options),
    /** Admin. */
    create: (body: ProductCreate, options?: CallOptions): Promise<Result<Product>> =>
      call(caller, 'admin', 'post', '/products', { body }, options),
    /** Admin. What is left out stays as it is. */
    update: (id: string, body: ProductUpdate, options?: CallOptions): Promise<Result<Product>> =>
      call(caller, 'admin', 'patch', '/products/{product_id}', { path: { product_id: id }, body }, options),
    /** Admin. A soft delete: `update(id, { is_active: true })` brings it back. */
    remove: (id: string, options?: CallOptions): Promise<Result<undefined>> =>
      call(caller, 'admin', 'delete', '/products/{product_id}', { path: { product_id: id } }, options),
  };
}

function cart(caller: Caller) {
  return {
    /** The lines, oldest first; none without a session. */
    get: (options?: CallOptions): Promise<Result<CartItem[]>> => call(caller, 'session', 'get', '/cart', {}, options),
    /**
     * Adds to the product's line, which it makes where there is none. Not repeated where the reply is lost, since that would
     * add twice: where the error is `maybeDone`, read the cart.
     */
    add: (productId: string, quantity = 1, options?: CallOptions): Promise<Result<CartItem>> => {
      const body = { product_id: productId, quantity };
      return caller.session.establish(() => call(caller, 'session', 'post', '/cart', { body }, options));
    },
    setQuantity: (itemId: string, quantity: number, options?: CallOptions): Promise<Result<CartItem>> =>
      call(caller, 'session', 'put', '/cart/{item_id}', { path: { item_id: itemId }, body: { quantity } }, options),
    remove: (itemId: string, options?: CallOptions): Promise<Result<undefined>> =>
      call(caller, 'session', 'delete', '/cart/{item_id}', { path: { item_id: itemId } }, options),
  };
}

function orders(caller: Caller) {
  const list = (query: OrdersQuery = {}, options?: CallOptions): Promise<Result<Page<Order, OrdersQuery>>> => callPage(caller, 'session', '/orders', query, options);
  const get = (id: string, options?: CallOptions): Promise<Result<Order>> =>
    call(caller, 'session', 'get', '/orders/{order_id}', { path: { order_id: id } }, options);

  return {
    /** Orders these lines of the cart: fixes their prices and takes the stock, or says what is short. */
    place: (cartItemIds: string[], options?: KeyedCallOptions): Promise<Result<Order>> =>
      call(caller, 'session', 'post', '/orders', { body: { cart_item_ids: cartItemIds } }, keyed(options)),
    /** A page of the session's own orders, newest first. */
    list,
    /** Each of them, page by page. Throws what fails. */
    each: (query: OrdersQuery = {}, options?: CallOptions): AsyncGenerator<Order> => eachItem(list, query, options),
    get,
    /** Only a pending order; what it held can be bought again. */
    cancel: async (id: string, options?: CallOptions): Promise<Result<Order>> => {
      const result = await call(caller, 'session', 'post', '/orders/{order_id}/cancel', { path: { order_id: id } }, options);
      if (result.ok || !result.error.maybeDone || options?.signal?.aborted) return result;
      const order = await get(id, options); /* the reply was lost: the order itself tells */
      return order.ok && order.data.status === 'cancelled' ? order : result;
    },
    /** Admin. Gives all of a paid order's money back, and its stock; once, however often it is called. */
    refund: (id: string, options?: CallOptions): Promise<Result<Order>> =>
      call(patientWith(caller), 'admin', 'post', '/orders/{order_id}/refund', { path: { order_id: id } }, options),
  };
}

function payments(caller: Caller) {
  const patient = patientWith(caller);
  return {
    /** A payment of the order's total, or the one that is under way already; with the `client_secret` that a payment form needs. */
    createIntent: (orderId: string, options?: KeyedCallOptions): Promise<Result<Payment>> =>
      call(patient, 'session', 'post', '/payments/create-intent', { body: { order_id: orderId } }, keyed(options)),
    /**
     * Charges it. A declined card is no error: the payment's status is `failed` then, the order stays pending, and a new intent
     * may follow. Without a payment method, what the page's own form has confirmed with the provider is looked up.
     */
    confirm: (paymentId: string, paymentMethod?: string, options?: KeyedCallOptions): Promise<Result<Payment>> => {
      const body = { payment_id: paymentId, ...(paymentMethod === undefined ? {} : { payment_method: paymentMethod }) };
      return call(patient, 'session', 'post', '/payments/confirm', { body }, keyed(options));
    },
    get: (id: string, options?: CallOptions): Promise<Result<Payment>> =>
      call(caller, 'session', 'get', '/payments/{payment_id}', { path: { payment_id: id } }, options),
  };
}

/* Calls that wait for the payment provider as well have this many times the time. */
const providerPatience = 3;

function patientWith({ transport, ...caller }: Caller): Caller {
  const timeoutMs = transport.timeoutMs * providerPatience, deadlineMs = transport.deadlineMs * providerPatience;
  return { ...caller, transport: { ...transport, timeoutMs, deadlineMs } };
}

/** One key for the call, and so for all its attempts. */
function keyed(options: KeyedCallOptions = {}): KeyedCallOptions {
  return { ...options, idempotencyKey: options.idempotencyKey ?? newIdempotencyKey() };
}
