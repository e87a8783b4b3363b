// A page of results with its filters, all of them links and plain forms: the address says everything.
import Link from 'next/link';
import { results } from '@/lib/catalogue';
import { categoryPath, searchPath, sorts, type Filters } from '@/lib/filters';
import { roundMoney } from '@/lib/money';
import { perPage, shop } from '@/lib/shop';
import { Icon } from './icons';
import { ProductGrid } from './product-card';
import { SortSelect } from './sort-select';

const OFFSET_MAX = 10_000; // how deep Till pages through a search

type Results = Awaited<ReturnType<typeof results>>;

export async function ResultsPage({ filters, title }: { filters: Filters; title: string }) {
  const found = await results(filters);
  const pages = Math.min(Math.ceil((found.total + found.further) / perPage), Math.floor(OFFSET_MAX / perPage) + 1);
  return (
    <div className="pt-5 sm:pt-8">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div className="min-w-0">
          <h1 className="line-clamp-2 text-2xl font-bold tracking-tight wrap-anywhere sm:text-4xl">{title}</h1>
          <p role="status" className="mt-1 text-soft sm:mt-2">{found.totalIsAtLeast && 'More than '}{found.total === 1 ? '1 thing' : `${found.total.toLocaleString(shop.locale)} things`}{found.further > 0 && `, and ${found.further.toLocaleString(shop.locale)} that have some of the words`}{pages > 1 && `, page ${filters.page} of ${pages}`}</p>
          {found.correction && <p className="mt-1 text-soft">Showing results for <strong className="text-ink">{found.correction}</strong></p>}
        </div>
        <SortSelect filters={filters} options={sorts.filter(([name]) => name !== 'relevance' || filters.q)} />
      </div>
      <div className="mt-3 gap-10 sm:mt-8 lg:grid lg:grid-cols-[14rem_1fr]">
        <details className="mb-4 rounded-2xl border border-line sm:mb-8 lg:hidden">
          <summary className="flex min-h-11 items-center gap-3 rounded-2xl px-4 font-medium"><Icon name="filter" />Filter</summary>
          <div className="px-4 pb-4"><Facets filters={filters} found={found} /></div>
        </details>
        <aside aria-label="Filters" className="hidden lg:sticky lg:top-20 lg:-my-1 lg:-ml-1 lg:block lg:max-h-[calc(100dvh-6rem)] lg:self-start lg:overflow-y-auto lg:py-1 lg:pl-4"><Facets filters={filters} found={found} /></aside>
        <div>
          <Chosen filters={filters} />
          {found.products.length > 0 ? <ProductGrid products={found.products} eager={6} level="h2" /> : <Nothing filters={filters} found={found} />}
          <Pages filters={filters} pages={pages} hasNext={found.hasNext} />
        </div>
      </div>
    </div>
  );
}

function Facets({ filters, found }: { filters: Filters; found: Results }) {
  return (
    <div className="flex flex-col gap-8">
      <Facet title="Category">
        {found.categories.map(({ category, product_count }) => (
          <Choice
            key={category} label={category} count={product_count} isOn={category === filters.category}
            href={searchPath({ ...filters, page: 1, category: category === filters.category ? '' : category })}
          />
        ))}
      </Facet>
      <Facet title="Price">
        {found.priceBands.map(({ min_price, max_price, product_count }) => {
          const isOn = min_price === filters.min_price && max_price === filters.max_price;
          const band = isOn ? { min_price: null, max_price: null } : { min_price, max_price };
          return (
            <Choice
              key={min_price} label={`${roundMoney(min_price)} to ${roundMoney(max_price + 1)}`} count={product_count} isOn={isOn}
              href={searchPath({ ...filters, page: 1, ...band })}
            />
          );
        })}
      </Facet>
    </div>
  );
}

function Facet({ title, children }: { title: string; children: React.ReactNode[] }) {
  return children.length > 0 && (
    <section>
      <h2 className="mb-2 font-semibold">{title}</h2>
      <ul className="-mx-3">{children}</ul>
    </section>
  );
}

function Choice({ label, count, isOn, href }: { label: string; count: number; isOn: boolean; href: string }) {
  const parts = <><span className="first-letter:uppercase">{label}</span><span className="figures text-sm"><span className="sr-only">, </span>{count}</span></>;
  const shape = 'flex min-h-10 items-center justify-between gap-3 rounded-lg px-3';
  if (count === 0 && !isOn) return <li className={`${shape} text-soft`}>{parts}</li>;
  return (
    <li>
      <Link
        href={href} prefetch={false} scroll={false} aria-current={isOn ? 'true' : undefined}
        className={`${shape} ${isOn ? 'bg-wash font-semibold text-accent' : 'text-soft hover:bg-sunken hover:text-ink'}`}
      >
        {parts}
      </Link>
    </li>
  );
}

/** What narrows the results, each with a way to drop it. */
function Chosen({ filters }: { filters: Filters }) {
  const { min_price: least, max_price: most } = filters;
  const price = least !== null && most !== null ? `${roundMoney(least)} to ${roundMoney(most + 1)}`
    : most !== null ? `Up to ${roundMoney(most)}` : least !== null ? `From ${roundMoney(least)}` : null;
  const chips = [
    filters.category && filters.q && { label: filters.category, without: { category: '' } },
    price && { label: price, without: { min_price: null, max_price: null } },
  ].filter(chip => !!chip);
  if (chips.length === 0) return null;
  return (
    <ul className="mb-6 flex flex-wrap gap-2" aria-label="Chosen filters">
      {chips.map(({ label, without }) => (
        <li key={label}>
          <Link href={searchPath({ ...filters, page: 1, ...without })} prefetch={false} scroll={false} className="flex min-h-9 items-center gap-2 rounded-full bg-wash pr-3 pl-4 text-sm font-medium text-accent hover:bg-sunken">
            <span className="sr-only">Drop the filter: </span><span className="first-letter:uppercase">{label}</span><Icon name="close" className="size-3.5" />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Nothing({ filters, found }: { filters: Filters; found: Results }) {
  const narrowed = filters.category || filters.min_price !== null || filters.max_price !== null;
  return (
    <div className="rounded-3xl bg-sunken px-6 py-14 sm:px-12">
      <p className="text-xl font-semibold">{filters.q ? <>Nothing matches “{filters.q}”{narrowed ? ' with these filters' : ''}.</> : 'Nothing matches these filters.'}</p>
      <p className="mt-2 text-soft">{narrowed && filters.q ? 'Without them there may be something.' : 'Fewer words find more. Spelling matters little: hedphones will do.'}</p>
      <div className="mt-6 flex flex-wrap gap-3">
        {narrowed && filters.q && <Link href={searchPath({ q: filters.q })} prefetch={false} className="button-main">Drop the filters</Link>}
        <Link href="/search" prefetch={false} className="button-quiet">See everything</Link>
        {found.categories.slice(0, 3).map(({ category }) => <Link key={category} href={categoryPath(category)} prefetch={false} className="button-quiet capitalize">{category}</Link>)}
      </div>
    </div>
  );
}

/** The first page, the last, and those around this one; null for what is left out between them. */
function pageNumbers(page: number, pages: number): (number | null)[] {
  const shown = Array.from({ length: pages }, (_, i) => i + 1).filter(number => number === 1 || number === pages || Math.abs(number - page) <= 1);
  return shown.flatMap((number, i) => (i > 0 && number - shown[i - 1]! > 1 ? [null, number] : [number]));
}

function Pages({ filters, pages, hasNext }: { filters: Filters; pages: number; hasNext: boolean }) {
  const { page } = filters;
  if (pages <= 1) return null;
  const shape = 'figures grid size-11 place-items-center rounded-full font-medium';
  const to = (number: number) => ({ href: searchPath({ ...filters, page: number }), prefetch: false, className: `${shape} hover:bg-sunken` });
  const step = (number: number, isThere: boolean, rel: 'prev' | 'next', label: string, arrow: string) =>
    isThere ? <Link {...to(number)} rel={rel} aria-label={label}>{arrow}</Link> : <span className={`${shape} text-line`} aria-hidden="true">{arrow}</span>;
  return (
    <nav aria-label="Pages" className="mt-12 flex items-center justify-center gap-0.5 sm:gap-1">
      {step(page - 1, page > 1, 'prev', 'Previous page', '←')}
      <ol className="flex items-center gap-0.5 sm:gap-1">
        {pageNumbers(page, pages).map((number, i) => number === null
          ? <li key={`gap ${i}`} aria-hidden="true" className="text-soft">…</li>
          : (
            <li key={number} className={Math.abs(number - page) === 1 && number !== 1 && number !== pages ? 'max-sm:hidden' : ''}>
              {number === page ? <span aria-current="page" className={`${shape} bg-wash text-accent`}><span className="sr-only">Page </span>{number}</span> : <Link {...to(number)} aria-label={`Page ${number}`}>{number}</Link>}
            </li>
          ))}
      </ol>
      {step(page + 1, hasNext, 'next', 'Next page', '→')}
    </nav>
  );
}
