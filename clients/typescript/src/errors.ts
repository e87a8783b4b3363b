/**
 * What may go wrong, as values. They are plain objects, so they pass through JSON, server actions and `structuredClone`
 * as they are; `TillException` is for those who would rather have them thrown.
 */
import type { components } from './openapi.js';

/** A product that an order or a cart wants more of than there is. */
export type Shortage = components['schemas']['Shortage'];
/** One thing that does not fit, in Pydantic's words; `loc` leads to it, as in `["body", "quantity"]`. */
export type ValidationIssue = components['schemas']['ValidationError'];

interface Failure<Kind extends string> {
  kind: Kind;
  /** The HTTP status; 0 where no answer came. */
  status: number;
  /** One sentence, in English. */
  detail: string;
  /**
   * True where the request may have had its effect although no answer says so: the reply was lost, or came from something
   * between. Repeating it with the same idempotency key settles that. Always false for a read.
   */
  maybeDone: boolean;
  /** What the server's log calls the request. */
  requestId?: string;
}

/** Every failure, told apart by `kind`. */
export type TillError =
  | Failure<'not_found'>
  /** A field does not fit. */
  | (Failure<'validation'> & { issues: ValidationIssue[] })
  /** Less in stock than wanted. `short` names what is short and how many there are; empty if that could not be found out. */
  | (Failure<'insufficient_stock'> & { short: Shortage[] })
  /** More of a product than one order may have (`quantity_too_large`), or with the session's other unpaid orders (`hold_too_large`): `short` says what it may. */
  | (Failure<'quantity_too_large' | 'hold_too_large'> & { short: Shortage[] })
  /** The stock is not the expected one, or would be less than nothing: `current` is the product as it is. */
  | (Failure<'stock_changed'> & { current: components['schemas']['ProductRead'] | undefined })
  /** If-Match: somebody else has changed it (412). */
  | Failure<'changed'>
  /** The order is paid, cancelled or expired already. */
  | Failure<'order_not_pending'>
  /** Of a refund. */
  | Failure<'order_not_paid'>
  /** By the provider, and not for the card's sake: a declined card is a payment that is `failed`. */
  | Failure<'payment_refused'>
  | Failure<'cart_full'>
  | Failure<'total_too_large'>
  /** Less than the provider charges, such as 50 cents. */
  | Failure<'total_too_small'>
  /** Nothing can be shipped to that address in that way. */
  | Failure<'no_shipping'>
  /** It would cost more than `expected_total`: `totals` is what it costs now. */
  | (Failure<'total_changed'> & { totals: components['schemas']['QuoteRead'] | undefined })
  /** An idempotency key that belongs to another request. */
  | Failure<'key_reused'>
  /** The first request with this idempotency key has not ended yet, nor did it while this one was repeated. */
  | Failure<'in_progress'>
  /** Any other 409. */
  | Failure<'conflict'>
  /** The admin token is missing or wrong. */
  | Failure<'unauthorized'>
  /** Any other 4xx: the request itself is at fault. */
  | Failure<'rejected'>
  /** The server or what is behind it cannot take the request now (429, 502, 503, 504). */
  | (Failure<'unavailable'> & { retryAfterMs?: number })
  /** A fault of the server's (500), or an answer that is none of Till's. */
  | Failure<'fault'>
  /** No connection, or it broke. */
  | Failure<'network'>
  /** No whole answer within the time limit. */
  | Failure<'timeout'>
  /** The caller's own signal. */
  | Failure<'aborted'>;

export type TillErrorKind = TillError['kind'];

export type Ok<T> = {
  ok: true;
  data: T;
  /** True where this is the stored answer to an earlier request with the same idempotency key. */
  replayed: boolean;
  error?: undefined;
};
/* `data` and `error` are on both, so that they can be read without TypeScript's strict mode, which alone narrows by `ok`. */
export type Failed = { ok: false; error: TillError; data?: undefined };
/** What every call resolves to; it rejects only where the program itself is wrong. */
export type Result<T> = Ok<T> | Failed;

/** A TillError, thrown. */
export class TillException extends Error {
  override readonly name = 'TillException';
  constructor(readonly error: TillError) {
    super(`${error.kind}: ${error.detail}`);
  }
}

/** The data, or a TillException: `const cart = unwrap(await till.cart.get())`. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new TillException(result.error);
  return result.data;
}

export function failed(error: TillError): Failed {
  return { ok: false, error };
}

/* The contract gives errors no codes: their words are fixed, and told apart here alone. */
const kindsByDetail: Record<string, Exclude<TillErrorKind, 'validation' | ShortKind | 'stock_changed' | 'total_changed' | 'unavailable'>> = {
  'The product has changed': 'changed',
  'Order is not pending': 'order_not_pending',
  'Order is not paid': 'order_not_paid',
  'The payment provider refused the payment': 'payment_refused',
  'The cart has 100 lines already': 'cart_full',
  "The order's total is too large": 'total_too_large',
  "The order's total is too small to be paid": 'total_too_small',
  'This cannot be shipped to that address': 'no_shipping',
  'Idempotency-Key was used for another request': 'key_reused',
  'A request with this Idempotency-Key is still running': 'in_progress',
};

type ShortKind = 'insufficient_stock' | 'quantity_too_large' | 'hold_too_large';
const shortKindsByDetail: Record<string, ShortKind> = {
  'Insufficient stock': 'insufficient_stock',
  'An order may not have so many of one product': 'quantity_too_large',
  'Your unpaid orders hold too many of this product: pay or cancel one first': 'hold_too_large',
};

function kindByStatus(status: number) {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  return status >= 400 && status < 500 ? 'rejected' : 'fault';
}

const unavailableStatuses = [429, 502, 503, 504];

/** The whole milliseconds that a Retry-After asks for, in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterMs(value: string | null): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function sentence(issues: ValidationIssue[]): string {
  return issues.map((issue) => `${issue.loc.join('.')}: ${issue.msg}`).join('; ');
}

/** The error that an answer's status, headers and body (parsed, if it was JSON) stand for. `writes`: a request that changes things. */
export function errorOf(status: number, headers: Headers, body: unknown, writes: boolean): TillError {
  const said = (typeof body === 'object' && body !== null ? body : {}) as { detail?: unknown; short?: Shortage[]; current?: components['schemas']['ProductRead'][]; totals?: components['schemas']['QuoteRead'][] };
  const detail = typeof said.detail === 'string' ? said.detail : `The server answered ${status}`;
  const id = headers.get('x-request-id');
  const common = { status, detail, maybeDone: false, ...(id ? { requestId: id } : {}) };
  if (unavailableStatuses.includes(status)) {
    const ms = retryAfterMs(headers.get('retry-after'));
    /* A gateway may have passed the request on, and the payment provider may have acted before it was lost. */
    const passedOn = status === 502 || status === 504 || detail.startsWith('The payment provider');
    return { kind: 'unavailable', ...common, maybeDone: writes && passedOn, ...(ms === undefined ? {} : { retryAfterMs: ms }) };
  }
  if (status === 422 && Array.isArray(said.detail)) {
    const issues = said.detail as ValidationIssue[];
    return { kind: 'validation', ...common, detail: sentence(issues), issues };
  }
  const shortKind = status === 409 ? shortKindsByDetail[detail] : undefined;
  if (shortKind) return { kind: shortKind, ...common, short: said.short ?? [] };
  if (status === 409 && detail.startsWith("The product's stock")) return { kind: 'stock_changed', ...common, current: said.current?.[0] };
  if (status === 409 && detail === 'The total has changed') return { kind: 'total_changed', ...common, totals: said.totals?.[0] };
  const kind = kindsByDetail[detail] ?? kindByStatus(status);
  const foreign = kind === 'fault' && said.detail === undefined; /* no answer of Till's, who says that nothing was done */
  return { kind, ...common, maybeDone: kind === 'in_progress' || (writes && foreign) };
}

/** Where no whole answer came. */
export function errorWithoutAnswer(kind: 'network' | 'timeout' | 'aborted', detail: string, writes: boolean): TillError {
  return { kind, status: 0, detail, maybeDone: writes };
}
