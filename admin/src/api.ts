/** Calls of the API. Paths, queries, bodies and replies are typed by the document that the program prints, and by nothing else. */
import type { components, paths } from '../../clients/typescript/src/openapi.js';
import { newIdempotencyKey } from '../../clients/typescript/src/keys.js';
import { takeEarly, type Answer } from './early.js';

export type Schemas = components['schemas'];
export { newIdempotencyKey };

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathWith<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type Operation<M extends Method, P extends PathWith<M>> = paths[P][M & keyof paths[P]];

type Json<C> = C extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Reply<O> = O extends { responses: infer R }
  ? R extends { 200: infer C } ? Json<C> : R extends { 201: infer C } ? Json<C> : R extends { 202: infer C } ? Json<C> : undefined
  : never;
type PathInput<O> = O extends { parameters: { path: infer P } } ? { path: P } : object;
type BodyInput<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? { body: B } : object;
type QueryInput<O> = O extends { parameters: { query?: infer Q } } ? Exclude<Q, undefined> : never;
type Input<O> = PathInput<O> & BodyInput<O> & { query?: QueryInput<O>; key?: string | undefined; ifMatch?: string | undefined };
type Needed<O> = PathInput<O> & BodyInput<O>;
type Arguments<O> = object extends Needed<O> ? [input?: Input<O>] : [input: Input<O>];

/** The reply's data of an operation. */
export type Data<M extends Method, P extends PathWith<M>> = Reply<Operation<M, P>>;
/** The query parameters of a GET. */
export type QueryOf<P extends PathWith<'get'>> = QueryInput<Operation<'get', P>>;

/** One fault of an input, by the name of its field. */
export interface Issue {
  field: string;
  message: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: there was no answer
    message: string,
    readonly issues: Issue[] = [],
    readonly retryAfter = 0, // in seconds
  ) {
    super(message);
  }
}

/** Where the API is: the desk's page is `…/admin`. */
const base = new URL('.', location.href.replace(/[?#].*$/, '')).href;

/** An address of the API, for a link. */
export const addressOf = (path: string) => base + path.replace(/^\//, '');

/** What the desk does when the server says that nobody is signed in, or that a second factor is needed first. */
export const onRefused = { signedOut: () => {}, secondFactor: () => {} };

/** Calls an operation; throws an ApiError. With `key`, a call that is sent again has its effect once. */
export async function api<M extends Method, P extends PathWith<M>>(method: M, path: P, ...[input]: Arguments<Operation<M, P>>): Promise<Data<M, P>> {
  return (await send(method, path, (input ?? {}) as Parts)).data as Data<M, P>;
}

/** Reads something with its ETag: a change that is sent with it as `ifMatch` is refused (412) if somebody else came first. */
export async function apiTagged<P extends PathWith<'get'>>(path: P, ...[input]: Arguments<Operation<'get', P>>): Promise<{ data: Data<'get', P>; tag: string | undefined }> {
  const { data, headers } = await send('get', path, (input ?? {}) as Parts);
  return { data: data as Data<'get', P>, tag: headers.get('etag') ?? undefined };
}

type ListPath = { [P in PathWith<'get'>]: Data<'get', P> extends unknown[] ? P : never }[PathWith<'get'>];
type ItemOf<P extends ListPath> = Data<'get', P> extends (infer Item)[] ? Item : never;

/** A page of a list. `next` is the cursor or the offset of the page behind it; null: this is the last one. */
export interface Page<T> {
  rows: T[];
  next: number | null;
  total: number | null;
}

export const page_rows = 50;

/** Calls an operation that answers with a page of a list. `after` is the `next` of the page before. */
export async function apiPage<P extends ListPath>(
  path: P,
  input: { path?: object; query?: object } = {},
  after: number | null = null,
  by: 'cursor' | 'offset' = 'cursor',
): Promise<Page<ItemOf<P>>> {
  const query = { limit: page_rows, ...input.query, ...(after === null ? {} : { [by]: after }) };
  const { data, headers } = await send('get', path, { ...(input as Parts), query });
  const rows = data as ItemOf<P>[], total = headers.get('x-total-count'), cursor = headers.get('x-next-cursor');
  const end = (after ?? 0) + rows.length;
  const offset = total !== null && end < Number(total) ? end : null;
  return { rows, next: by === 'offset' ? offset : cursor === null ? null : Number(cursor), total: total === null ? null : Number(total) };
}

type FilePath = '/admin/media' | '/admin/media/{hash}/sizes/{width}';

/** Uploads a picture. */
export const sendFile = async (method: 'post' | 'put', path: FilePath, names: Record<string, string>, file: Blob): Promise<Schemas['Media']> =>
  (await send(method, path, { path: names, file })).data as Schemas['Media'];

/** Sends a part of a file that is imported. */
export async function sendPart(import_id: string, n: number, part: Blob): Promise<void> {
  const path: keyof paths = '/admin/imports/{import_id}/parts/{n}';
  await send('put', path, { path: { import_id, n: String(n) }, file: new Blob([part], { type: 'application/octet-stream' }) });
}

interface Parts {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  file?: Blob;
  key?: string | undefined;
  ifMatch?: string | undefined;
}

async function send(method: Method, path: string, parts: Parts) {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (parts.body !== undefined) headers['Content-Type'] = 'application/json';
  if (parts.file !== undefined) headers['Content-Type'] = parts.file.type;
  if (parts.key !== undefined) headers['Idempotency-Key'] = parts.key;
  if (parts.ifMatch !== undefined) headers['If-Match'] = parts.ifMatch;
  const address = fillPath(path, parts.path ?? {}).slice(1) + queryText(parts.query ?? {});
  const early = method === 'get' ? takeEarly(address) : undefined;
  const { response, text } = await (early ?? ask(address, {
    method: method.toUpperCase(),
    headers,
    body: parts.file ?? (parts.body === undefined ? null : JSON.stringify(parts.body)),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(30_000),
  })).catch(() => {
    throw new ApiError(0, '');
  });
  if (!response.ok) throw failure(response, text);
  return { data: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

async function ask(address: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(base + address, init);
  return { response, text: await response.text() };
}

/** An id may come from the address bar: `..` or nothing would make another path, and are sent as `-`, which is no id either. */
const fillPath = (path: string, names: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? '').replace(/^\.{0,2}$/, '-'));

/** `?a=1&b=2`, without what is undefined or empty. */
export function queryText(query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && '?' + text;
}

function failure(response: Response, text: string): ApiError {
  const body = parsed(text);
  const detail = body && typeof body === 'object' && 'detail' in body ? body.detail : null;
  const issues = Array.isArray(detail) ? detail.map(issueOf) : [];
  const message = typeof detail === 'string' ? detail : issues.map(({ message }) => message).join('. ');
  if (response.status === 401 && message === 'Not authenticated') onRefused.signedOut();
  if (response.status === 403 && message === 'Set up a second factor first') onRefused.secondFactor();
  return new ApiError(response.status, message, issues, Number(response.headers.get('retry-after') ?? 0));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const issueOf = (issue: { loc?: unknown[]; msg?: string }): Issue =>
  ({ field: (issue.loc ?? []).slice(1).join('.'), message: (issue.msg ?? '').replace(/^Value error, /, '') });
