/**
 * Whose cart it is. In a browser the session is Till's own cookie, which scripts cannot read; elsewhere it is the header
 * X-Session-Id, and what a client without a session is given goes to `onSession`.
 */

export interface SessionOptions {
  /** The shopper's session, sent as X-Session-Id: 16 to 128 letters, digits, `-` and `_`. */
  sessionId?: string | undefined;
  /**
   * Told of a session that the server has made, before the call that made it resolves: the place to set one's own cookie.
   * The client goes on with that session.
   */
  onSession?: ((sessionId: string) => void | Promise<void>) | undefined;
}

export interface Session {
  /** What is sent as X-Session-Id; undefined with a cookie, and where there is none yet. */
  readonly id: string | undefined;
  readonly byCookie: boolean;
  /** Runs a call that makes a session where there is none, such that calls at the same time do not make several. */
  establish<T extends { ok: boolean }>(run: () => Promise<T>): Promise<T>;
  /** Takes over the session that an answer brings. */
  learn(headers: Headers): Promise<void>;
}

const noSession =
  'This client has no session, so nobody would find the cart again. Give createTill a sessionId, or an onSession that keeps ' +
  "the one it is told, and make a client for each shopper's request.";

export function newSession({ sessionId, onSession }: SessionOptions): Session {
  const byCookie = sessionId === undefined && onSession === undefined && typeof document !== 'undefined';
  let id = sessionId;
  let known = id !== undefined;
  let first: Promise<unknown> | undefined; /* the call that is about to make the session */

  async function run<T extends { ok: boolean }>(call: () => Promise<T>): Promise<T> {
    const result = await call();
    known ||= result.ok;
    return result;
  }

  return {
    get id() {
      return id;
    },
    byCookie,
    async establish(call) {
      if (!known && !byCookie && !onSession) throw new Error(noSession);
      while (!known && first) await first;
      if (known) return call();
      const own = run(call);
      first = own.catch(() => undefined).finally(() => (first = undefined));
      return own;
    },
    async learn(headers) {
      const minted = headers.get('x-session-id');
      if (!minted || byCookie || minted === id || !onSession) return;
      id = minted;
      await onSession(minted);
    },
  };
}
