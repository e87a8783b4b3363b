/** A call of the document: its path, parameters, body and reply are typed by the generated `paths` and by nothing else. */
import type { Result } from './errors.js';
import type { paths } from './openapi.js';
import { pageOf, type Page } from './pages.js';
import type { Session } from './session.js';
import { send, type CallOptions, type KeyedCallOptions, type TransportOptions } from './transport.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathWith<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type OperationOf<M extends Method, P extends PathWith<M>> = paths[P][M & keyof paths[P]];

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : undefined;
type ReplyOf<O> = O extends { responses: infer R }
  ? R extends { 200: infer C } ? Json<C> : R extends { 201: infer C } ? Json<C> : undefined
  : never;
type PathOf<O> = O extends { parameters: { path: infer P } } ? { path: P } : object;
type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? { body: B } : object;
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Exclude<Q, undefined> : never;
type Input<O> = PathOf<O> & BodyOf<O> & { query?: QueryOf<O> | undefined };

/** The reply's data of an operation. */
export type Data<M extends Method, P extends PathWith<M>> = ReplyOf<OperationOf<M, P>>;
/** The query parameters of a GET. */
export type Query<P extends PathWith<'get'>> = QueryOf<OperationOf<'get', P>>;

/** Who asks: anybody, the shopper of the session, or the shop's admin. */
export type Access = 'public' | 'session' | 'admin';

export interface Caller {
  baseUrl: string;
  session: Session;
  adminToken: string | undefined;
  transport: TransportOptions;
}

/** Calls an operation of the document. */
export async function call<M extends Method, P extends PathWith<M>>(
  caller: Caller,
  access: Access,
  method: M,
  path: P,
  input: Input<OperationOf<M, P>>,
  options?: KeyedCallOptions,
): Promise<Result<Data<M, P>>> {
  return (await exchange(caller, access, method, path, input as object, options)).result as Result<Data<M, P>>;
}

type ListPath = { [P in PathWith<'get'>]: Data<'get', P> extends unknown[] ? P : never }[PathWith<'get'>];
type ItemOf<P extends ListPath> = Data<'get', P> extends (infer Item)[] ? Item : never;

/** Calls an operation that answers with a page of a list. */
export async function callPage<P extends ListPath>(
  caller: Caller,
  access: Access,
  path: P,
  query: Query<P>,
  options?: CallOptions,
): Promise<Result<Page<ItemOf<P>, Query<P>>>> {
  const { result, headers } = await exchange(caller, access, 'get', path, { query }, options);
  return result.ok ? { ...result, data: pageOf(result.data as ItemOf<P>[], query, headers) } : result;
}

interface Parts {
  path?: Record<string, string>;
  query?: object | undefined;
  body?: unknown;
}

async function exchange(caller: Caller, access: Access, method: Method, path: string, parts: Parts, options: KeyedCallOptions = {}) {
  const { path: names = {}, query = {}, body } = parts;
  const outcome = await send(
    {
      url: caller.baseUrl + fillPath(path, names) + queryText(query),
      method: method.toUpperCase(),
      headers: headersOf(caller, access, body),
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: access === 'session' && caller.session.byCookie ? 'include' : undefined,
      idempotencyKey: options.idempotencyKey,
    },
    options,
    caller.transport,
  );
  if (!outcome.ok) return { result: outcome, headers: new Headers() };
  if (access === 'session') await caller.session.learn(outcome.headers);
  const replayed = outcome.headers.get('idempotent-replayed') === 'true';
  const result: Result<unknown> = { ok: true, data: outcome.body, replayed };
  return { result, headers: outcome.headers };
}

/** An id may come from a visitor's URL: `..` or nothing would make another path, and are sent as `-`, which is no id either. */
function fillPath(path: string, names: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? '').replace(/^\.{0,2}$/, '-'));
}

/** `?a=1&b=2`, without what is undefined, and a name for each value of a list; the same query gives the same text, so that caches find it again. */
function queryText(query: object): string {
  const given = Object.entries(query).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  const text = new URLSearchParams(given.filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => [name, String(value)])).toString();
  return text && '?' + text;
}

function headersOf({ session, adminToken }: Caller, access: Access, body: unknown): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (access === 'session' && session.id !== undefined) headers['X-Session-Id'] = session.id;
  if (access === 'admin' && adminToken !== undefined) headers['Authorization'] = `Bearer ${adminToken}`;
  return headers;
}
