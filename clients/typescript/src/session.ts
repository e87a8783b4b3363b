/**
 * Whose cart it is. In a browser the session is Till's own cookie, which scripts cannot read. Elsewhere it is the header
 * X-Session-Id, and a session that the server makes for a client without one goes to `onSession`.
 *
 * The server makes a session when something is put into a cart without one. Two first puts at once would make two, and one
 * cart would be lost, so they take turns: within this client always, and across the tabs of a browser by a Web Lock.
 */

export interface SessionOptions {
  /**
   * The shopper's session, sent as X-Session-Id: 16 to 128 letters, digits, `-` and `_`. A function is asked before each call,
   * so that what another tab has stored in the meantime counts: `() => localStorage.till`.
   */
  sessionId?: string | (() => string | undefined) | undefined;
  /**
   * Gets the id of a session that the server has made, before the call that made it resolves: the place to set a cookie of your
   * own. The client goes on with that session.
   */
  onSession?: ((sessionId: string) => void | Promise<void>) | undefined;
}

export interface Session {
  /** What is sent as X-Session-Id; undefined with a cookie, and as long as there is no session. */
  readonly id: string | undefined;
  readonly byCookie: boolean;
  /** Runs a call that makes a session if there is none. Such calls at the same time take turns, so that they make one. */
  establish<T extends { ok: boolean }>(run: () => Promise<T>): Promise<T>;
  /** Takes over the session that an answer brings. */
  learn(headers: Headers): Promise<void>;
  /** Learns how many lines an answer to `GET /cart` has: a cart that is empty after a first put shows that the cookie is lost. */
  learnCart(lines: number): void;
}

const noSession =
  'This client has no session, so nothing could find the cart again. Give createTill a sessionId, or an onSession that keeps ' +
  "the id that it gets, and make a client for each shopper's request.";

const cookieLost =
  'Till made a session, but the browser did not send its cookie back, so the cart is lost. Page and API must be of one site: use ' +
  'one name for both (localhost or 127.0.0.1, not one of each), or give createTill a sessionId and an onSession.';

/* How long a tab waits for another tab's first put. A tab that hangs must not hold up the others: then two sessions are the lesser evil. */
const turnMs = 5_000;

export function newSession({ sessionId, onSession }: SessionOptions): Session {
  const inBrowser = typeof document !== 'undefined';
  const byCookie = sessionId === undefined && onSession === undefined && inBrowser;
  const takeTurn = inBrowser && globalThis.navigator?.locks ? turnsOfTabs(navigator.locks) : turnsOfClient();
  let made: string | undefined; /* the session that the server made for this client */
  let cookieWorks = false;
  let cookieState: 'unknown' | 'made' | 'reported' = 'unknown';

  const current = (): string | undefined => (typeof sessionId === 'function' ? sessionId() : sessionId) ?? made;
  const isKnown = () => (byCookie ? cookieWorks : current() !== undefined);

  function reportCookie(): void {
    if (cookieState !== 'made') return;
    cookieState = 'reported';
    console.warn(cookieLost);
  }

  return {
    get id() {
      return current();
    },
    byCookie,
    async establish(call) {
      if (!byCookie && !onSession && current() === undefined) throw new Error(noSession);
      if (isKnown()) return call();
      return takeTurn(isKnown, async () => {
        const result = await call();
        cookieWorks ||= byCookie && result.ok;
        return result;
      });
    },
    async learn(headers) {
      const minted = headers.get('x-session-id');
      if (!minted) return;
      if (byCookie) {
        reportCookie(); /* the second that was made on this page */
        if (cookieState === 'unknown') cookieState = 'made';
      } else if (minted !== current() && onSession) {
        made = minted;
        await onSession(minted);
      }
    },
    learnCart(lines) {
      if (lines === 0) reportCookie();
      else if (cookieState === 'made') cookieState = 'reported'; /* it came back: an empty cart later on is one that was emptied */
    },
  };
}

/** Runs `call` when it is its turn; what waits goes at once when `isKnown` becomes true. */
type TakeTurn = <T>(isKnown: () => boolean, call: () => Promise<T>) => Promise<T>;

function turnsOfClient(): TakeTurn {
  let first: Promise<unknown> | undefined; /* the call that is about to make the session */
  return async (isKnown, call) => {
    while (!isKnown() && first) await first;
    if (isKnown()) return call();
    const own = call();
    first = own.catch(() => undefined).finally(() => (first = undefined));
    return own;
  };
}

/** Across all tabs of the origin. Ask `locks` for a short time only. */
function turnsOfTabs(locks: LockManager): TakeTurn {
  return async (_, call) => {
    let isOurs = false;
    try {
      return await locks.request('till-session', { signal: AbortSignal.timeout(turnMs) }, () => ((isOurs = true), call()));
    } catch (error) {
      if (isOurs) throw error;
      return call();
    }
  };
}
