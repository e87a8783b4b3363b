// Till as this server sees it. What is the same for everybody goes through `catalogue`, and is cached under tags;
// what is one shopper's goes through `shopper()`, and never is.
import 'server-only';
import type { AsyncLocalStorage } from 'node:async_hooks';
import { cookies, headers } from 'next/headers';
import { createTill, type CallOptions } from 'till-client';
import { shopperCalls } from './shopper';

const baseUrl = process.env.TILL_URL ?? 'http://127.0.0.1:8000';

/** Where browsers reach Till themselves, in the cross-origin set-up; null in the same-origin one, which needs none. */
export const publicUrl = () => process.env.TILL_PUBLIC_URL || null;

// A restart of Till's takes a few ms, which the retries bridge. If Till accepts and does not answer, a shopper is to know
// within three seconds what became of a click. Pages may wait longer, because a busy machine is better slow than shut; what
// waits for the payment provider has limits of its own (shopper.ts).
const limits = { timeoutMs: 4_000, deadlineMs: 6_000 };
const shopperLimits = { timeoutMs: 2_200, deadlineMs: 2_500 };
const GRACE_MS = 200;

/** Ends a little after `signal`: a process that was busy finds the answer and the end of its time at once, and should take the answer. */
function withGrace(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(), GRACE_MS));
  return late.signal;
}

/** What server.mjs wants to know of a request: `isAway`, that Till could not be asked; `isHung`, that it did not answer in time. */
const notes = (globalThis as { tillNotes?: AsyncLocalStorage<{ isAway: boolean; isHung: boolean }> }).tillNotes;

/**
 * Asks Till, and notes if that fails. A request of a shopper's waits for Till's silence once: what it asks after that fails
 * at once, so that a page of three questions takes no longer than one.
 */
const noted: typeof fetch = async (url, init) => {
  const note = notes?.getStore();
  if (note?.isHung) throw new Error('Till has not answered to the question before');
  try {
    const answer = await fetch(url, init?.signal ? { ...init, signal: withGrace(init.signal) } : init);
    if (note && answer.status >= 502) note.isAway = true;
    return answer;
  } catch (error) {
    if (note) Object.assign(note, { isAway: true, isHung: init?.signal?.aborted === true });
    throw error;
  }
};

export const till = createTill({ baseUrl, ...limits, fetch: noted });

/** Kept for a minute, or until POST /revalidate names one of its tags. */
export const cached = (...tags: string[]): CallOptions => ({ init: { next: { tags: ['catalogue', ...tags], revalidate: 60 } } });

/** Asked of Till each time: stock that is shown is stock that is there. Till answers in about a millisecond. */
export const live: CallOptions = { init: { cache: 'no-store' } };

/** `fetch` that tells Till for whom this server asks. */
const fetchFor = (client: string | null): typeof fetch => (url, init) => {
  const sent = new Headers(init?.headers);
  if (client) sent.set('X-Forwarded-For', client);
  return noted(url, { ...init, headers: sent });
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
    ...shopperLimits,
    fetch: fetchFor(from.get('x-forwarded-for')),
    sessionId: session && SESSION_FORM.test(session) ? session : undefined,
    onSession: id => {
      jar.set(SESSION, id, { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: 400 * 24 * 3600 });
    },
  });
}
