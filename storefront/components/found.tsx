'use client';
// What a page shows of the shopper's own: given by this server, or in the cross-origin set-up, where only the browser
// can ask, read once the page is there.
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { Found, ShopperCalls } from '@/lib/shopper';
import { useCart } from './cart';

interface Props<T> {
  given: T | null;
  read: (calls: ShopperCalls) => Promise<Found<T>>;
  missing?: ReactNode;
  children: (found: T) => ReactNode;
}

export function ShopperData<T>({ given, read, missing, children }: Props<T>) {
  const { calls } = useCart();
  const [found, setFound] = useState<Found<T> | null>(given === null ? null : { found: given, problem: null });
  const [seen, setSeen] = useState(given);
  if (given !== seen) { // the server has rendered the page again
    setSeen(given);
    if (given !== null) setFound({ found: given, problem: null });
  }
  const load = useCallback(async () => {
    setFound(await read(await calls()).catch(() => ({ found: null, problem: 'The shop cannot be reached just now.' })));
  }, [calls, read]);
  useEffect(() => { if (given === null) void load(); }, [given, load]);

  if (!found) return <p className="min-h-96 pt-16 text-soft" role="status">One moment …</p>;
  if (found.found !== null) return children(found.found);
  if (!found.problem) return missing ?? null;
  return (
    <div className="flex flex-col items-start gap-4 pt-16">
      <p role="alert" className="text-xl font-semibold">{found.problem}</p>
      <button className="button-main" onClick={() => void load()}>Try again</button>
    </div>
  );
}
