import Link from 'next/link';
import { shop } from '@/lib/shop';
import { CartButton } from './cart-drawer';
import { CategoryLink } from './category-link';
import { SearchBox } from './search-box';

export function Mark({ className = '' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" strokeWidth="3" />
      <path d="M16 5.5a10.5 10.5 0 0 1 0 21Z" fill="currentColor" />
    </svg>
  );
}

/** `categories` may be empty, where Till could not be asked. */
export function Header({ categories }: { categories: string[] }) {
  return (
    <header className="border-b border-line">
      <a href="#main" className="button-main absolute top-2 left-2 z-30 -translate-y-20 focus:translate-y-0">Skip to the content</a>
      <div className="shell flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
        <Link href="/" prefetch={false} className="flex items-center gap-2.5 text-xl font-bold tracking-tight" aria-label={`${shop.name}, home`}>
          <Mark className="size-7 text-accent" />{shop.name}
        </Link>
        <div className="order-last w-full md:order-none md:mx-auto md:w-auto md:max-w-md md:grow">
          <SearchBox />
        </div>
        <div className="ml-auto flex items-center gap-1 md:ml-0">
          <Link href="/orders" prefetch={false} className="grid min-h-11 place-items-center rounded-full px-4 font-medium hover:bg-sunken">Orders</Link>
          <CartButton />
        </div>
      </div>
      <nav aria-label="Categories" className="shell -mt-1 overflow-x-auto [scrollbar-width:none]">
        <ul className="-mx-3 flex min-h-11 gap-1 pb-1">
          {categories.map(name => <li key={name}><CategoryLink name={name} /></li>)}
        </ul>
      </nav>
    </header>
  );
}

export function Footer() {
  return (
    <footer className="mt-24 border-t border-line">
      <div className="shell flex flex-wrap items-start justify-between gap-x-12 gap-y-6 py-10 text-soft">
        <p className="flex max-w-md gap-3"><Mark className="mt-0.5 size-5 shrink-0" /><span>{shop.about}</span></p>
        <nav aria-label="About your purchases" className="flex gap-6">
          <Link href="/cart" prefetch={false} className="py-1 hover:text-ink">Cart</Link>
          <Link href="/orders" prefetch={false} className="py-1 hover:text-ink">Your orders</Link>
          <Link href="/orders/find" prefetch={false} className="py-1 hover:text-ink">Find an order</Link>
        </nav>
      </div>
    </footer>
  );
}
