'use client';
// The cart as the page shows it: what Till said last, and on top of that what the shopper has just done and Till has not
// answered yet. Changes go to Till one after the other, so that the last answer is the state of things.
import { createContext, use, useCallback, useEffect, useMemo, useOptimistic, useRef, useState, useTransition, type ReactNode } from 'react';
import type { CartItem, Product } from 'till-client';
import * as actions from '@/app/actions';
import type { Cart, ShopperCalls } from '@/lib/shopper';

type Change = { product: Product; add: number } | { product: Product; quantity: number };

const UNNAMED = ''; // the id of a line that Till has not answered for yet

function changed(items: CartItem[], change: Change): CartItem[] {
  const { product } = change;
  const line = items.find(item => item.product.id === product.id);
  const quantity = 'add' in change ? (line?.quantity ?? 0) + change.add : change.quantity;
  if (!line) return quantity > 0 ? [...items, { id: UNNAMED, product, quantity }] : items;
  return items.flatMap(item => (item !== line ? [item] : quantity > 0 ? [{ ...item, quantity }] : []));
}

interface Context {
  items: CartItem[];
  count: number;
  total: number;
  busy: boolean; // some of it is not Till's word yet
  loaded: boolean; // false in the cross-origin set-up until the browser has asked
  problem: string | null;
  isOpen: boolean;
  setOpen(open: boolean): void;
  add(product: Product, quantity: number): void;
  setQuantity(product: Product, quantity: number): void;
  take(cart: Cart): void;
  refresh(): void; // asks what there is
  reread(): void; // after something else than this file has changed it; other tabs are told
  settled(): Promise<CartItem[]>; // the cart, once Till has answered to everything so far
  calls(): Promise<ShopperCalls>;
  direct: string | null;
}

const CartContext = createContext<Context | null>(null);

export function useCart(): Context {
  const context = use(CartContext);
  if (!context) throw new Error('useCart outside of CartProvider');
  return context;
}

/** `initial`, the cart as the page came, is null where this server cannot know it. `direct`: where the browser calls Till itself, if it does. */
export function CartProvider({ initial, direct, children }: { initial: CartItem[] | null; direct: string | null; children: ReactNode }) {
  const [cart, setCart] = useState<Cart>({ items: initial, problem: null });
  const [isOpen, setOpen] = useState(false);
  const [busy, startTransition] = useTransition();
  const [items, change] = useOptimistic(cart.items ?? [], changed);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const known = useRef(initial ?? []); // what Till said last, for those who come after it
  useEffect(() => { known.current = cart.items ?? []; }, [cart]);

  const calls = useCallback(
    async (): Promise<ShopperCalls> => (direct ? (await import('@/lib/direct')).directCalls(direct) : actions),
    [direct],
  );
  const take = useCallback((next: Cart) => setCart(cart => ({ items: next.items ?? cart.items, problem: next.problem })), []);

  const run = useCallback((optimistic: Change | null, call: (calls: ShopperCalls) => Promise<Cart>) => {
    startTransition(async () => {
      if (optimistic) change(optimistic);
      const answer = last.current.then(() => inTurn(async () => call(await calls()))).catch(() => ({ items: null, problem: 'The shop cannot be reached just now. Try again in a moment.' }));
      last.current = answer.then(next => { known.current = next.items ?? known.current; });
      const next = await answer;
      startTransition(() => take(next));
      if (optimistic && !next.problem) otherTabs?.postMessage('changed');
    });
  }, [calls, change, take]);

  const refresh = useCallback(() => run(null, calls => calls.cart()), [run]);
  const changedElsewhere = useCallback(() => {
    refresh();
    otherTabs?.postMessage('changed');
  }, [refresh]);

  useEffect(() => {
    const shown = (event: PageTransitionEvent) => { if (event.persisted) refresh(); }; // back, to a page the browser had kept whole
    if (direct) refresh();
    otherTabs?.addEventListener('message', refresh);
    addEventListener('pageshow', shown);
    return () => {
      otherTabs?.removeEventListener('message', refresh);
      removeEventListener('pageshow', shown);
    };
  }, [direct, refresh]);

  const value = useMemo<Context>(() => ({
    items,
    count: items.reduce((sum, item) => sum + item.quantity, 0),
    total: items.reduce((sum, item) => sum + item.quantity * item.product.price, 0),
    busy,
    loaded: cart.items !== null,
    problem: cart.problem,
    isOpen,
    setOpen,
    add: (product, quantity) => run({ product, add: quantity }, calls => calls.add(product.id, quantity)),
    setQuantity: (product, quantity) => run({ product, quantity }, calls => {
      const line = known.current.find(item => item.product.id === product.id); // which may have been made just now
      return line ? calls.setQuantity(line.id, quantity) : calls.cart();
    }),
    take,
    refresh,
    reread: changedElsewhere,
    settled: () => last.current.then(() => known.current),
    calls,
    direct,
  }), [items, busy, cart, isOpen, run, take, refresh, changedElsewhere, calls, direct]);
  return <CartContext value={value}>{children}</CartContext>;
}

/** Tabs take turns, because two that put the first thing into a cart at once would make two carts. A tab that hangs holds up no other for long. */
async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return run(); // a page that came neither by HTTPS nor from localhost
  let isOurs = false;
  try {
    return await navigator.locks.request('cart', { signal: AbortSignal.timeout(TURN_MS) }, () => ((isOurs = true), run()));
  } catch (error) {
    if (isOurs) throw error;
    return run();
  }
}

const TURN_MS = 5_000;
const otherTabs = typeof window === 'undefined' ? null : new BroadcastChannel('cart');
