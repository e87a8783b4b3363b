export * from './till.js';
export { TillException, unwrap } from './errors.js';
export type { Failed, Ok, Result, Shortage, TillError, TillErrorKind, ValidationIssue } from './errors.js';
export { newIdempotencyKey } from './keys.js';
export { formatMoney } from './money.js';
export type { Page } from './pages.js';
export type { SessionOptions } from './session.js';
export type { CallOptions, KeyedCallOptions, RetryOptions } from './transport.js';
export type { components, paths } from './openapi.js';
