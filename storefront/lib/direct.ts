// The shopper's browser calls Till itself, with Till's cookie: for all there is in the cross-origin set-up, and for quotes,
// which a newer one overtakes, in the same-origin one too (through /api).
import { createTill } from 'till-client';
import { shopperCalls, type DirectCalls } from './shopper';

const made = new Map<string, DirectCalls>();

export function directCalls(baseUrl: string): DirectCalls {
  const calls = made.get(baseUrl) ?? shopperCalls(createTill({ baseUrl, timeoutMs: 2_400, deadlineMs: 2_700 }));
  made.set(baseUrl, calls);
  return calls;
}
