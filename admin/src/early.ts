/**
 * What the first view asks the API for, before the desk's script is there: boot.ts sends these calls from the page's head, and api.ts
 * takes their answers in place of calls of its own. An answer is taken once, and what nobody took is thrown away when the view is shown.
 *
 * The paths are those that the pages ask for, to the letter; one that is not would be asked for twice (tests/desk/first_view.test.js).
 */
export interface Answer {
  response: Response;
  text: string;
}

declare global {
  interface Window {
    /** By path and query, behind the API's address. */
    tillEarly?: Map<string, Promise<Answer>>;
  }
}

/** What the one who was signed in here last may do, in one line. The cookie is not for scripts to read. */
export const scopes_key = 'till-desk-scopes';
export const days_key = 'till-desk-days';

/** The paths that a place's first view needs; all of them where nobody has signed in yet are those that find out who it is. */
export function earlyPaths(hash: string, scopes: string | null, days: string | null): string[] {
  const paths = ['checkout', 'staff/me'];
  if (scopes === null) return paths;
  const may = (scope: string) => scopes.split(' ').includes(scope);
  if (may('settings:write')) paths.push('admin/settings');
  const place = hash.replace(/^#?\/?/, '');
  if (place === '' && may('orders:read')) paths.push(`admin/summary?days=${days ?? 30}`, 'admin/orders?limit=8', 'admin/orders?limit=5&fulfillment=unshipped');
  if (place === 'orders' && may('orders:read')) paths.push('admin/orders?limit=50');
  if (place === 'products') paths.push('admin/products?limit=50', 'categories');
  return paths;
}

/** The answer to a call that was sent early, if there is one. */
export function takeEarly(path: string): Promise<Answer> | undefined {
  const found = window.tillEarly?.get(path);
  window.tillEarly?.delete(path);
  return found;
}

/** Waits until all early answers are here, or some time has passed: then the first view is drawn once, with its data in it. */
export const earlySettled = (ms: number) =>
  Promise.race([Promise.allSettled(window.tillEarly?.values() ?? []), new Promise(done => setTimeout(done, ms))]);

export const forgetEarly = () => window.tillEarly?.clear();
