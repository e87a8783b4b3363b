import Link from 'next/link';
import { delivery } from '@/lib/catalogue';
import { days } from '@/lib/checkout';
import { categoryPath } from '@/lib/filters';
import { shop } from '@/lib/shop';
import { tight } from '@/lib/tight';
import { CartButton } from './cart-drawer';
import { CategoryLink } from './category-link';
import { Mark } from './mark';
import { SearchBox } from './search-box';

/**
 * One line that stays, and below it the menu, which scrolls away. `categories` may be empty, if Till could not be asked.
 * The search box has its place before what follows it has been read, so that it does not move on a slow machine.
 */
export function Header({ categories }: { categories: string[] }) {
  return (
    <>
      <header className="group sticky top-0 z-30 bg-ground">
        <a href="#main" className="button-main absolute top-2 left-2 z-30 -translate-y-20 focus:translate-y-0">Skip to the content</a>
        <div className="relative shell flex items-center gap-x-1.5 py-2.5 sm:grid sm:grid-cols-[auto_minmax(0,28rem)_9.5rem] sm:justify-between sm:gap-x-6">
          <Link href="/" prefetch={false} className="flex min-h-11 items-center gap-2.5 text-xl font-bold tracking-tight" aria-label={`${shop.name}, home`}>
            <Mark className="size-8 text-accent sm:size-7" /><span className="hidden sm:inline">{shop.name}</span>
          </Link>
          <div className="grow"><SearchBox /></div>
          <div className="grid grid-cols-[auto_2.75rem] gap-x-1.5 sm:grid-cols-[1fr_2.75rem] sm:gap-x-6">
            <Link href="/orders" prefetch={false} className="grid size-11 shrink-0 place-items-center rounded-full font-medium hover:bg-sunken max-sm:group-has-[form:focus-within]:hidden sm:w-auto sm:justify-self-end sm:px-4">
              <span className="sr-only sm:not-sr-only">Orders</span>
              <svg viewBox="0 0 24 24" className="size-6 sm:hidden" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
                <path d="M5 3.5v17l2.4-1.7 2.3 1.7 2.3-1.7 2.3 1.7 2.3-1.7 2.4 1.7v-17ZM9 8.5h6m-6 4.5h6" />
              </svg>
            </Link>
            <CartButton />
          </div>
        </div>
      </header>
      <nav aria-label="Categories" className="-mt-1 border-b border-line">
        <div className="shell overflow-x-auto [scrollbar-width:none]">
          <ul className="-mx-3 flex min-h-11 gap-1 pb-1">
            {categories.map(name => <li key={name}><CategoryLink name={name} /></li>)}
          </ul>
        </div>
      </nav>
    </>
  );
}

/** What a shop's footer is for: the way on, the way to one's orders, and how it is sent. `categories` as in the header. */
export async function Footer({ categories }: { categories: string[] }) {
  const shipping = await delivery().catch(() => null);
  return (
    <footer className="mt-20 border-t border-line bg-sunken">
      <div className="shell grid grid-cols-2 gap-x-6 gap-y-8 py-10 text-soft md:grid-cols-[2fr_1fr_1fr_1.5fr] md:py-14">
        <div className="max-md:col-span-2">
          <p className="flex items-center gap-2.5 text-lg font-bold tracking-tight text-ink"><Mark className="size-6 text-accent" />{shop.name}</p>
          <p className="mt-3 max-w-xs">{shop.about}</p>
        </div>
        <FooterLinks title="Shop" links={[['/search', 'Everything'], ...categories.slice(0, CATEGORIES_SHOWN).map(name => [categoryPath(name), name] as const)]} />
        <FooterLinks title="Your purchases" links={[['/cart', 'Cart'], ['/orders', 'Your orders'], ['/orders/find', 'Find an order']]} />
        {shipping && shipping.methods.length > 0 && (
          <div className="max-md:col-span-2">
            <h2 className="font-semibold text-ink">Delivery</h2>
            <ul className="mt-2 flex flex-col gap-1.5">
              {shipping.methods.map(method => <li key={method.id}>{tight([method.name, days(method)].filter(Boolean).join(', '))}</li>)}
              <li>{shipping.isTaxIncluded ? 'Prices include the tax.' : 'Tax is added at the checkout.'}</li>
            </ul>
          </div>
        )}
      </div>
    </footer>
  );
}

const CATEGORIES_SHOWN = 8;

function FooterLinks({ title, links }: { title: string; links: (readonly [string, string])[] }) {
  return (
    <nav aria-label={title}>
      <h2 className="font-semibold text-ink">{title}</h2>
      <ul className="mt-1">{links.map(([href, text]) => <li key={href}><Link href={href} prefetch={false} className="inline-block py-1 first-letter:uppercase hover:text-ink hover:underline">{text}</Link></li>)}</ul>
    </nav>
  );
}
