'use client';
import { useRouter } from 'next/navigation';
import { searchPath, type Filters, type Sort } from '@/lib/filters';
import { Icon } from './icons';

/** A form with a select: chosen is done, and without a script there is a button. Its columns are fixed, so that nothing moves as it comes. */
export function SortSelect({ filters, options }: { filters: Filters; options: (readonly [Sort, string])[] }) {
  const router = useRouter();
  const action = searchPath({ q: '', category: filters.q ? '' : filters.category });
  return (
    <form action={action} className="grid grid-cols-[4rem_12.5rem_auto] items-center">
      {filters.q && <input type="hidden" name="q" value={filters.q} />}
      {filters.q && filters.category && <input type="hidden" name="category" value={filters.category} />}
      {filters.min_price !== null && <input type="hidden" name="min_price" value={filters.min_price} />}
      {filters.max_price !== null && <input type="hidden" name="max_price" value={filters.max_price} />}
      <label htmlFor="sort" className="text-soft">Sort by</label>
      <span className="relative flex">
        <select
          id="sort" name="sort" key={filters.sort} defaultValue={filters.sort} className="field appearance-none pr-10"
          onChange={event => router.push(searchPath({ ...filters, sort: event.target.value as Sort, page: 1 }), { scroll: false })}
        >
          {options.map(([name, label]) => <option key={name} value={name}>{label}</option>)}
        </select>
        <Icon name="down" className="pointer-events-none absolute top-3.5 right-3.5 size-4 text-soft" />
      </span>
      <noscript><button className="button-quiet ml-2">Sort</button></noscript>
    </form>
  );
}
