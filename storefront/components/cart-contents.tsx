'use client';
// What is in the drawer.
import Link from 'next/link';
import { useCart } from './cart';
import { CartLines, CartProblem, Checkout } from './cart-lines';

export default function CartContents() {
  const { items, setOpen } = useCart();
  return (
    <>
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
    </>
  );
}

export function EmptyCart() {
  return (
    <div className="flex flex-col items-start gap-3 pt-6 pb-4">
      <svg viewBox="0 0 120 90" className="h-20 text-line" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d="M24 34h58l6 48H18l6-48Zm14 0v-6a15 15 0 0 1 30 0v6" /><path d="M98 82h14M4 82h6M44 52c3 5 15 5 18 0" />
      </svg>
      <p className="text-lg font-semibold">There is nothing in your cart yet.</p>
      <p className="text-soft">What you add stays here for thirty days, without an account.</p>
      <Link href="/search" prefetch={false} className="button-main">Look around</Link>
    </div>
  );
}
