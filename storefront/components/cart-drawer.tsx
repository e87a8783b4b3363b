'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useCart } from './cart';
import { CartLines, CartProblem, Checkout } from './cart-lines';
import { Icon } from './icons';

/** The way to the cart: a link to its page, and with a script the drawer. */
export function CartButton() {
  const { count, setOpen } = useCart();
  const things = count === 1 ? '1 thing' : `${count} things`;
  return (
    <Link
      href="/cart" prefetch={false} aria-label={`Cart, ${count ? things : 'empty'}`}
      className="relative grid size-11 shrink-0 place-items-center rounded-full hover:bg-sunken"
      onClick={event => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        setOpen(true);
      }}
    >
      <Icon name="bag" className="size-6" />
      {count > 0 && <span className="figures absolute top-0.5 right-0.5 grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 text-xs font-bold text-on-accent">{count}</span>}
    </Link>
  );
}

export function CartDrawer() {
  const { items, count, isOpen, setOpen } = useCart();
  const dialog = useRef<HTMLDialogElement>(null);
  const path = usePathname();
  const [wasOpen, setWasOpen] = useState(false); // what is in it stays while the drawer slides out
  if (isOpen && !wasOpen) setWasOpen(true);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  useEffect(() => setOpen(false), [path, setOpen]);
  return (
    <dialog
      ref={dialog} className="drawer" aria-labelledby="drawer-title" onClose={() => setOpen(false)}
      onClick={event => { if (event.target === dialog.current) setOpen(false); }} // beside the drawer
    >
      {wasOpen && (
        <div className="flex h-full flex-col">
          <div className="flex items-center justify-between border-b border-line px-5 py-3">
            <h2 id="drawer-title" className="text-lg font-semibold">Cart{count > 0 && <span className="figures font-normal text-soft"> · {count}</span>}</h2>
            <button className="-mr-2 grid size-11 place-items-center rounded-full hover:bg-sunken" aria-label="Close the cart" onClick={() => setOpen(false)}><Icon name="close" /></button>
          </div>
          <div className="grow overflow-y-auto overscroll-contain px-5">
            <div className="pt-4 empty:hidden"><CartProblem /></div>
            {items.length > 0 ? <CartLines /> : <EmptyCart />}
          </div>
          {items.length > 0 && (
            <div className="border-t border-line bg-raised px-5 py-5">
              <Checkout />
              <Link href="/cart" prefetch={false} className="link mt-3 inline-block text-sm" onClick={() => setOpen(false)}>See the whole cart</Link>
            </div>
          )}
        </div>
      )}
    </dialog>
  );
}

export function EmptyCart() {
  return (
    <div className="flex flex-col items-start gap-4 py-12">
      <svg viewBox="0 0 120 90" className="h-24 text-line" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d="M24 34h58l6 48H18l6-48Zm14 0v-6a15 15 0 0 1 30 0v6" /><path d="M98 82h14M4 82h6M44 52c3 5 15 5 18 0" />
      </svg>
      <p className="text-lg font-semibold">There is nothing in your cart yet.</p>
      <p className="text-soft">What you add stays here for thirty days, without an account.</p>
      <Link href="/search" prefetch={false} className="button-quiet">Look around</Link>
    </div>
  );
}
