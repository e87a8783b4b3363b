// Till as this server sees it. What is the same for everybody goes through `catalogue`, and is cached under tags;
// what is one shopper's goes through `shopper()`, and never is.
import 'server-only';
import { cookies, headers } from 'next/headers';
import { createTill, type CallOptions } from 'till-client';
import { shopperCalls } from './shopper';

const baseUrl = process.env.TILL_URL ?? 'http://127.0.0.1:8000';

/** Where browsers reach Till themselves, in the cross-origin set-up; null in the same-origin one, which needs none. */
export const publicUrl = () => process.env.TILL_PUBLIC_URL || null;

// A page that waits longer than this is lost anyway; retries are for a restart of Till's, which takes a few ms.
const limits = { timeoutMs: 4_000, deadlineMs: 6_000 };

export const till = createTill({ baseUrl, ...limits });

/** Kept for a minute, or until POST /revalidate names one of its tags. */
export const cached = (...tags: string[]): CallOptions => ({ init: { next: { tags: ['catalogue', ...tags], revalidate: 60 } } });

/** Asked of Till each time: stock that is shown is stock that is there. Till answers in about a millisecond. */
export const live: CallOptions = { init: { cache: 'no-store' } };

/** `fetch` that tells Till for whom this server asks. */
const fetchFor = (client: string | null): typeof fetch => (url, init) => {
  const sent = new Headers(init?.headers);
  if (client) sent.set('X-Forwarded-For', client);
  return fetch(url, { ...init, headers: sent });
};

const SESSION = 'till_session'; // Till's own cookie: with /api proxied, browser and server share one cart
const SESSION_FORM = /^[\w-]{16,128}$/; // anything else in it is nobody's session

/**
 * The shopper who asks. A session that Till makes on the way becomes this site's cookie, which can happen in server
 * actions only; reading pages never makes one.
 */
export const shopper = async () => shopperCalls(await tillForShopper());

/** The client for the shopper who asks. */
export async function tillForShopper() {
  const jar = await cookies();
  const session = jar.get(SESSION)?.value;
  const from = await headers();
  const secure = from.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'; // `https,http` behind two proxies
  return createTill({
    baseUrl,
    ...limits,
    fetch: fetchFor(from.get('x-forwarded-for')),
    sessionId: session && SESSION_FORM.test(session) ? session : undefined,
    onSession: id => {
      jar.set(SESSION, id, { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: 400 * 24 * 3600 });
    },
  });
}
