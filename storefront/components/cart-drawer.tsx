'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useCart } from './cart';
import { Icon } from './icons';

const CartContents = lazy(() => import('./cart-contents')); // once it is opened: most pages are left before that

/** The way to the cart: a link to its page, and with a script the drawer. */
export function CartButton() {
  const { count, setOpen } = useCart();
  const things = count === 1 ? '1 thing' : `${count} things`;
  return (
    <Link
      href="/cart" prefetch={false} aria-label={`Cart, ${count ? things : 'empty'}`}
      className="relative col-start-2 grid size-11 shrink-0 place-items-center rounded-full hover:bg-sunken"
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

const DOUBLE_CLICK_MS = 500; // the longest that desktops take for one

export function CartDrawer() {
  const { count, isOpen, setOpen } = useCart();
  const dialog = useRef<HTMLDialogElement>(null);
  const path = usePathname();
  const [wasOpen, setWasOpen] = useState(false); // what is in it stays while the drawer slides out
  if (isOpen && !wasOpen) setWasOpen(true);
  const openedAt = useRef(0);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
    openedAt.current = performance.now();
  }, [isOpen]);
  useEffect(() => setOpen(false), [path, setOpen]);
  return (
    <dialog
      ref={dialog} className="drawer" aria-labelledby="drawer-title" onClose={() => setOpen(false)}
      onClick={event => { // beside the drawer, but not with the second half of the double click that opened it
        if (event.target === dialog.current && performance.now() - openedAt.current > DOUBLE_CLICK_MS) setOpen(false);
      }}
    >
      {wasOpen && (
        <div className="flex h-full flex-col">
          <div className="flex items-center justify-between border-b border-line px-5 py-3">
            <h2 id="drawer-title" className="text-lg font-semibold">Cart{count > 0 && <span className="figures font-normal text-soft"> · {count}</span>}</h2>
            <button className="-mr-2 grid size-11 place-items-center rounded-full hover:bg-sunken" aria-label="Close the cart" onClick={() => setOpen(false)}><Icon name="close" /></button>
          </div>
          <Suspense><CartContents /></Suspense>
        </div>
      )}
    </dialog>
  );
}
