/** The client: what Till's endpoints are called here. */
import { call, callPage, type Caller, type Query } from './call.js';
import { failed, type Result } from './errors.js';
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
export type OrderCreate = Schemas['OrderCreate'];
export type OrderDetails = Schemas['OrderDetails'];
export type OrderAddress = Schemas['OrderAddress'];
export type OrderEvent = Schemas['OrderEvent'];
export type Fulfillment = Schemas['FulfillmentRead'];
/** What a guest sees of an order without a session: how far it is, and nothing of whose it is or what it costs. */
export type Tracking = Schemas['TrackingRead'];
export type OrderAccess = Schemas['OrderAccessRead'];
export type CheckoutForm = Schemas['CheckoutRead'];
export type Country = Schemas['CountryRead'];
export type QuoteCreate = Schemas['QuoteCreate'];
export type Quote = Schemas['QuoteRead'];
export type ShippingOption = Schemas['ShippingOption'];
export type ShippingMethod = Schemas['ShippingMethodRead'];
export type Settings = Schemas['SettingsRead'];
export type SettingsUpdate = Schemas['SettingsUpdate'];
/** A shipping method as the admin sees it: with its countries, and whether shoppers can choose it. */
export type ShippingMethodAdmin = Schemas['ShippingMethodAdmin'];
export type ShippingMethodCreate = Schemas['ShippingMethodCreate'];
export type TaxRate = Schemas['TaxRateRead'];
export type TaxRateCreate = Schemas['TaxRateCreate'];
export type Payment = Schemas['PaymentRead'];
export type PaymentStatus = Payment['status'];

export type ListQuery = Query<'/products'>;
export type SearchQuery = Query<'/products/search'>;
export type SearchSort = NonNullable<SearchQuery['sort']>;
export type FacetsQuery = Query<'/products/facets'>;
export type OrdersQuery = Query<'/orders'>;

/** What a product is to have beside its other fields, such as `shipping`: its weight, tax class, and whether it is sent. */
export type Include = NonNullable<ListQuery['include']>;
/** Options of a call whose answer has products. */
export interface IncludeOptions extends CallOptions {
  include?: Include | undefined;
}

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
    checkout: checkout(caller),
    orders: orders(caller),
    payments: payments(caller),
    settings: settings(caller),
    shippingMethods: shippingMethods(caller),
    taxRates: taxRates(caller),
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
    get: (id: string, options?: IncludeOptions): Promise<Result<Product>> =>
      call(caller, 'public', 'get', '/products/{product_id}', { path: { product_id: id }, query: includeOf(options) }, options),
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
    /**
     * Admin. What is left out stays as it is. A `stock_quantity` overwrites the sales since you have read it, unless you send
     * the `expected_stock` that you have seen: it is `stock_changed` then, with the product as it is.
     */
    update: (id: string, body: ProductUpdate, options?: CallOptions): Promise<Result<Product>> =>
      call(caller, 'admin', 'patch', '/products/{product_id}', { path: { product_id: id }, body }, options),
    /** Admin. Adds to the stock, or takes away, and loses no sale in between. One key for all attempts, so it is added once. */
    adjustStock: (id: string, delta: number, reason?: string, options?: KeyedCallOptions): Promise<Result<Product>> => {
      const body = { delta, ...(reason === undefined ? {} : { reason }) };
      return call(caller, 'admin', 'post', '/products/{product_id}/stock', { path: { product_id: id }, body }, keyed(options));
    },
    /** Admin. A soft delete: `update(id, { is_active: true })` brings it back. */
    remove: (id: string, options?: CallOptions): Promise<Result<undefined>> =>
      call(caller, 'admin', 'delete', '/products/{product_id}', { path: { product_id: id } }, options),
  };
}

function cart(caller: Caller) {
  async function get(options?: IncludeOptions): Promise<Result<CartItem[]>> {
    const result = await call(caller, 'session', 'get', '/cart', { query: includeOf(options) }, options);
    if (result.ok) caller.session.learnCart(result.data.length);
    return result;
  }

  /* Till's refusal of a line does not say how much there is: the cart and the product do. `more` comes on top of the line's own. */
  async function nameShort(result: Result<CartItem>, isLine: (item: CartItem) => boolean, want: { productId?: string; quantity: number; more: boolean }) {
    if (result.ok || result.error.kind !== 'insufficient_stock' || result.error.short.length > 0) return result;
    const lines = await get();
    const line = lines.ok ? lines.data.find(isLine) : undefined;
    const product = line ? line.product : want.productId === undefined ? undefined : await productNow(want.productId);
    if (!product) return result;
    const requested = want.quantity + (want.more && line ? line.quantity : 0);
    return failed({ ...result.error, short: [{ product_id: product.id, requested, available: product.stock_quantity }] });
  }

  async function productNow(id: string): Promise<Product | undefined> {
    const found = await call(caller, 'public', 'get', '/products/{product_id}', { path: { product_id: id } });
    return found.ok ? found.data : undefined;
  }

  return {
    /** The lines, oldest first; none without a session. */
    get,
    /**
     * Adds to the product's line, which it makes where there is none. Not repeated where the reply is lost, since that would
     * add twice: where the error is `maybeDone`, read the cart.
     */
    add: async (productId: string, quantity = 1, options?: CallOptions): Promise<Result<CartItem>> => {
      const body = { product_id: productId, quantity };
      const result = await caller.session.establish(() => call(caller, 'session', 'post', '/cart', { body }, options));
      return nameShort(result, (item) => item.product.id === productId, { productId, quantity, more: true });
    },
    setQuantity: async (itemId: string, quantity: number, options?: CallOptions): Promise<Result<CartItem>> => {
      const result = await call(caller, 'session', 'put', '/cart/{item_id}', { path: { item_id: itemId }, body: { quantity } }, options);
      return nameShort(result, (item) => item.id === itemId, { quantity, more: false });
    },
    remove: (itemId: string, options?: CallOptions): Promise<Result<undefined>> =>
      call(caller, 'session', 'delete', '/cart/{item_id}', { path: { item_id: itemId } }, options),
  };
}

function checkout(caller: Caller) {
  return {
    /** What a page should ask for, and the countries that the shop ships to with what an address needs there. */
    form: (options?: CallOptions): Promise<Result<CheckoutForm>> => call(caller, 'public', 'get', '/checkout', {}, options),
    /** The ways in which the shop ships, to a country (`GB`) or at all: before there is a cart. */
    shippingMethods: (country?: string, options?: CallOptions): Promise<Result<ShippingMethod[]>> =>
      call(caller, 'public', 'get', '/shipping-methods', { query: country === undefined ? {} : { country } }, options),
    /** What an order with this body would cost, and how it can be shipped. Changes nothing. */
    quote: (body: QuoteCreate, options?: CallOptions): Promise<Result<Quote>> =>
      call(caller, 'session', 'post', '/checkout/quote', { body }, options),
  };
}

function orders(caller: Caller) {
  const list = (query: OrdersQuery = {}, options?: CallOptions): Promise<Result<Page<Order, OrdersQuery>>> => callPage(caller, 'session', '/orders', query, options);
  const get = (id: string, options?: CallOptions): Promise<Result<Order>> =>
    call(caller, 'session', 'get', '/orders/{order_id}', { path: { order_id: id } }, options);

  return {
    /**
     * Orders these lines of the cart: fixes their prices and takes the stock, or says what is short. With an address, a way to
     * ship and `expected_total` it takes the body of a quote.
     */
    place: (order: string[] | OrderCreate, options?: KeyedCallOptions): Promise<Result<Order>> =>
      call(caller, 'session', 'post', '/orders', { body: Array.isArray(order) ? { cart_item_ids: order } : order }, keyed(options)),
    /** A page of the session's own orders, newest first. */
    list,
    /** Each of them, page by page. Throws what fails. */
    each: (query: OrdersQuery = {}, options?: CallOptions): AsyncGenerator<Order> => eachItem(list, query, options),
    get,
    /** In full: its number for people, addresses, and how its total comes about. */
    details: (id: string, options?: CallOptions): Promise<Result<OrderDetails>> =>
      call(caller, 'session', 'get', '/orders/{order_id}/details', { path: { order_id: id } }, options),
    /** Anybody's who knows its number, in any way of writing, and its email address. */
    lookup: (number: string, email: string, options?: CallOptions): Promise<Result<Tracking>> =>
      call(caller, 'public', 'post', '/orders/lookup', { body: { number, email } }, options),
    /** Mails a link to the order to that address, if both are right. The answer is the same if they are not. */
    sendLink: async (number: string, email: string, options?: CallOptions): Promise<Result<undefined>> => {
      const result = await call(caller, 'public', 'post', '/orders/lookup', { body: { number, email, send_link: true } }, options);
      return result.ok ? { ...result, data: undefined } : result;
    },
    /** Lets the session, which is made if there is none, read the order that a mail's link leads to, for 30 days. `rejected` if the link is over. */
    open: (token: string, options?: CallOptions): Promise<Result<OrderAccess>> =>
      caller.session.establish(() => call(caller, 'session', 'post', '/orders/access', { body: { token } }, options)),
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

function settings(caller: Caller) {
  return {
    /** Admin. The shop's name and address, what an order must have, whether prices include tax, and where it ships to. */
    get: (options?: CallOptions): Promise<Result<Settings>> => call(caller, 'admin', 'get', '/admin/settings', {}, options),
    /** Admin. What is left out stays as it is. */
    update: (body: SettingsUpdate, options?: CallOptions): Promise<Result<Settings>> => call(caller, 'admin', 'patch', '/admin/settings', { body }, options),
  };
}

/* Shoppers see `checkout.shippingMethods`. */
function shippingMethods(caller: Caller) {
  const path = '/admin/shipping-methods/{shipping_method_id}';
  return {
    /** Admin. All of them, those that shoppers cannot choose too. */
    list: (options?: CallOptions): Promise<Result<ShippingMethodAdmin[]>> => call(caller, 'admin', 'get', '/admin/shipping-methods', {}, options),
    /** Admin. */
    create: (body: ShippingMethodCreate, options?: CallOptions): Promise<Result<ShippingMethodAdmin>> =>
      call(caller, 'admin', 'post', '/admin/shipping-methods', { body }, options),
    /** Admin. What is left out has its default again. */
    replace: (id: string, body: ShippingMethodCreate, options?: CallOptions): Promise<Result<ShippingMethodAdmin>> =>
      call(caller, 'admin', 'put', path, { path: { shipping_method_id: id }, body }, options),
    /** Admin. Orders that have it keep it. */
    remove: (id: string, options?: CallOptions): Promise<Result<undefined>> =>
      call(caller, 'admin', 'delete', path, { path: { shipping_method_id: id } }, options),
  };
}

function taxRates(caller: Caller) {
  const path = '/admin/tax-rates/{tax_rate_id}';
  return {
    /** Admin. */
    list: (options?: CallOptions): Promise<Result<TaxRate[]>> => call(caller, 'admin', 'get', '/admin/tax-rates', {}, options),
    /** Admin. `rate_e5` is in thousandths of a per cent: 19 % is 19000. */
    create: (body: TaxRateCreate, options?: CallOptions): Promise<Result<TaxRate>> => call(caller, 'admin', 'post', '/admin/tax-rates', { body }, options),
    /** Admin. */
    replace: (id: string, body: TaxRateCreate, options?: CallOptions): Promise<Result<TaxRate>> =>
      call(caller, 'admin', 'put', path, { path: { tax_rate_id: id }, body }, options),
    /** Admin. Orders keep what they were charged. */
    remove: (id: string, options?: CallOptions): Promise<Result<undefined>> => call(caller, 'admin', 'delete', path, { path: { tax_rate_id: id } }, options),
  };
}

function includeOf(options: IncludeOptions = {}): { include?: Include } {
  return options.include === undefined ? {} : { include: options.include };
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
