import type { Metadata } from 'next';
import { CartView } from '@/components/cart-view';
import { LeadOn } from '@/components/lead-on';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Your cart', robots: { index: false } };

const REFUSED = 'That could not be done. This is the cart as it is.';
const CHANGED = 'Your cart has changed in the meantime: there is nothing in it to check out.';

export default async function CartPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const query = await searchParams;
  const read = publicUrl() ? null : await (await shopper()).orders('pending');
  if (read && !read.found) throw new Error(read.problem ?? undefined);
  return <CartView said={'changed' in query ? CHANGED : 'refused' in query ? REFUSED : null} orders={read?.found ?? null} leadOn={<LeadOn />} />;
}
