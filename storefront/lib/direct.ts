// The cross-origin set-up: the shopper's browser calls Till itself, with Till's cookie.
import { createTill } from 'till-client';
import { shopperCalls, type ShopperCalls } from './shopper';

const made = new Map<string, ShopperCalls>();

export function directCalls(baseUrl: string): ShopperCalls {
  const calls = made.get(baseUrl) ?? shopperCalls(createTill({ baseUrl }));
  made.set(baseUrl, calls);
  return calls;
}
