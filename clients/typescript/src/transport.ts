/**
 * One call: its attempts, their time limits, and when there is another attempt.
 *
 * A call is repeated where that cannot have a second effect: reads, PUT and DELETE, and writes with an idempotency key, on
 * a lost connection, a time limit, 429, 502, 503, 504 or, for as long as the call may take, 'still running'; any other write only where the answer says that
 * nothing was done (429 and 503 with Retry-After). Attempts, waits and the whole are bounded.
 */
import { errorOf, errorWithoutAnswer, failed, type Failed, type TillError } from './errors.js';

export interface RetryOptions {
  /** Attempts in all; 3. With 1 nothing is repeated. */
  attempts?: number | undefined;
  /** Milliseconds before the second attempt, about: each wait is twice as long as the last, less up to half of it by chance; 150. */
  baseMs?: number | undefined;
  /** The longest wait; 2,000. A longer Retry-After ends the call. */
  capMs?: number | undefined;
}

/** For one call. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds for an attempt; 8,000. */
  timeoutMs?: number | undefined;
  /** Milliseconds for all attempts together; 20,000. */
  deadlineMs?: number | undefined;
  /** More headers, for what stands between. */
  headers?: Record<string, string> | undefined;
  /** What else `fetch` takes, such as Next.js's `{ next: { tags: ['products'] } }` or `{ cache: 'no-store' }`. */
  init?: Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'credentials'> | undefined;
}

/** For a call that is not to happen twice. */
export interface KeyedCallOptions extends CallOptions {
  /** Instead of one made for this call: the same key again gets the same answer, for 24 hours. 1 to 255 printable ASCII characters. */
  idempotencyKey?: string | undefined;
}

export interface TransportOptions {
  fetch: typeof fetch;
  retry: Required<{ [K in keyof RetryOptions]: number }>;
  timeoutMs: number;
  deadlineMs: number;
}

export interface Outgoing {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  credentials: RequestCredentials | undefined;
  /** Set on a request that the server does once however often it comes. */
  idempotencyKey: string | undefined;
}

export interface Reply {
  ok: true;
  status: number;
  headers: Headers;
  body: unknown;
}

export async function send(request: Outgoing, call: CallOptions, options: TransportOptions): Promise<Reply | Failed> {
  const end = performance.now() + (call.deadlineMs ?? options.deadlineMs);
  let doubt = false; /* whether an attempt that failed may have had the effect */
  for (let attempt = 1; ; attempt++) {
    const outcome = await sendOnce(request, call, options, end);
    if (outcome.ok) return outcome;
    if (doubt && request.method === 'DELETE' && outcome.error.kind === 'not_found') return removedBefore;
    doubt ||= outcome.error.maybeDone;
    if (isPassing(outcome.error)) outcome.error.maybeDone = doubt;
    const last = attempt >= options.retry.attempts && outcome.error.kind !== 'in_progress'; /* which only takes time */
    const wait = last ? undefined : waitBeforeNext(request, outcome.error, attempt, options);
    if (wait === undefined || performance.now() + wait >= end) return outcome;
    if (!(await sleep(wait, call.signal))) return failed(errorWithoutAnswer('aborted', 'The call was aborted', doubt));
  }
}

/* What a removal gets that finds nothing after the reply to an earlier attempt was lost: that one did it. */
const removedBefore: Reply = { ok: true, status: 204, headers: new Headers(), body: undefined };

/** Sleeps; false where the signal ended that. */
function sleep(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (slept: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(slept);
    };
    const stop = () => finish(false);
    const timer = setTimeout(() => finish(true), ms);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
  });
}

const passing: readonly string[] = ['network', 'timeout', 'aborted', 'unavailable', 'in_progress'];

function isPassing(error: TillError): boolean {
  return passing.includes(error.kind);
}

/** Milliseconds until the next attempt; undefined where there must be none. */
function waitBeforeNext(request: Outgoing, error: TillError, attempt: number, options: TransportOptions): number | undefined {
  const { baseMs, capMs } = options.retry;
  const asked = error.kind === 'unavailable' ? error.retryAfterMs : undefined;
  const repeatable = ['GET', 'PUT', 'DELETE'].includes(request.method) || request.idempotencyKey !== undefined;
  const undone = asked !== undefined && !error.maybeDone;
  if (!isPassing(error) || error.kind === 'aborted' || !(repeatable || undone)) return undefined;
  if (asked !== undefined && asked > capMs) return undefined;
  const backoff = Math.min(capMs, baseMs * 2 ** (attempt - 1)) * (1 - Math.random() / 2);
  return (asked ?? 0) + backoff;
}

async function sendOnce(request: Outgoing, call: CallOptions, options: TransportOptions, end: number): Promise<Reply | Failed> {
  const writes = request.method !== 'GET';
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, Math.min(call.timeoutMs ?? options.timeoutMs, end - performance.now()));
  call.signal?.addEventListener('abort', stop);
  try {
    if (call.signal?.aborted) return failed(errorWithoutAnswer('aborted', 'The call was aborted', false));
    const response = await options.fetch(request.url, initOf(request, call, limit.signal));
    const body = parse(await response.text(), response.status);
    if (response.ok && body !== notJson) return { ok: true, status: response.status, headers: response.headers, body };
    return failed(errorOf(response.ok ? 500 : response.status, response.headers, body, writes));
  } catch (thrown) {
    if (call.signal?.aborted) return failed(errorWithoutAnswer('aborted', 'The call was aborted', writes));
    if (limit.signal.aborted) return failed(errorWithoutAnswer('timeout', 'No whole answer came in time', writes));
    return failed(errorWithoutAnswer('network', `The shop cannot be reached: ${reason(thrown)}`, writes));
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', stop);
  }
}

function initOf(request: Outgoing, call: CallOptions, signal: AbortSignal): RequestInit {
  const { method, headers, body, credentials, idempotencyKey } = request;
  return {
    ...call.init,
    method,
    headers: { ...headers, ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }), ...call.headers },
    signal,
    ...(body === undefined ? {} : { body }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

const notJson = Symbol('not JSON');

function parse(text: string, status: number): unknown {
  if (status === 204) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

/* fetch hides the reason ("connect ECONNREFUSED …") one level down, in Node at least. */
function reason(thrown: unknown): string {
  const { message, cause } = thrown as { message?: string; cause?: { message?: string } };
  return cause?.message || message || String(thrown);
}
