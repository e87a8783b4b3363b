// A page of results with its filters, all of them links and plain forms: the address says everything.
import Link from 'next/link';
import { results } from '@/lib/catalogue';
import { categoryPath, searchPath, sorts, type Filters } from '@/lib/filters';
import { roundMoney } from '@/lib/money';
import { perPage, shop } from '@/lib/shop';
import { Icon } from './icons';
import { ProductGrid } from './product-card';
import { SortSelect } from './sort-select';

type Results = Awaited<ReturnType<typeof results>>;

export async function ResultsPage({ filters, title }: { filters: Filters; title: string }) {
  const found = await results(filters);
  const pages = Math.ceil((found.total + found.further) / perPage);
  return (
    <div className="pt-8">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div>
          <h1 className="text-3xl font-bold tracking-tight break-words sm:text-4xl">{title}</h1>
          <p role="status" className="mt-2 text-soft">{found.totalIsAtLeast && 'More than '}{found.total === 1 ? '1 thing' : `${found.total.toLocaleString(shop.locale)} things`}{found.further > 0 && `, and ${found.further.toLocaleString(shop.locale)} that have some of the words`}{pages > 1 && `, page ${filters.page} of ${pages}`}</p>
          {found.correction && <p className="mt-1 text-soft">Showing results for <strong className="text-ink">{found.correction}</strong></p>}
        </div>
        <SortSelect filters={filters} options={sorts.filter(([name]) => name !== 'relevance' || filters.q)} />
      </div>
      <div className="mt-8 gap-10 lg:grid lg:grid-cols-[14rem_1fr]">
        <details className="mb-8 rounded-2xl border border-line lg:hidden">
          <summary className="flex min-h-12 items-center gap-3 rounded-2xl px-4 font-medium"><Icon name="filter" />Filter</summary>
          <div className="px-4 pb-4"><Facets filters={filters} found={found} /></div>
        </details>
        <aside aria-label="Filters" className="hidden lg:block"><Facets filters={filters} found={found} /></aside>
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
  return (
    <li>
      <Link
        href={href} prefetch={false} scroll={false} aria-current={isOn ? 'true' : undefined}
        className={`flex min-h-10 items-center justify-between gap-3 rounded-lg px-3 ${isOn ? 'bg-wash font-semibold text-accent' : 'text-soft hover:bg-sunken hover:text-ink'}`}
      >
        <span className="first-letter:uppercase">{label}</span><span className="figures text-sm"><span className="sr-only">, </span>{count}</span>
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

function Pages({ filters, pages, hasNext }: { filters: Filters; pages: number; hasNext: boolean }) {
  const { page } = filters;
  if (pages <= 1 && page === 1) return null;
  return (
    <nav aria-label="Pages" className="mt-12 flex items-center justify-between gap-4">
      {page > 1 ? <Link href={searchPath({ ...filters, page: Math.min(page - 1, Math.max(pages, 1)) })} prefetch={false} rel="prev" className="button-quiet">Previous</Link> : <span />}
      {hasNext && <Link href={searchPath({ ...filters, page: page + 1 })} prefetch={false} rel="next" className="button-quiet">Next</Link>}
    </nav>
  );
}
