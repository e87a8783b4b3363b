import type { Metadata } from 'next';
import { CartView } from '@/components/order-views';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Your cart', robots: { index: false } };

export default async function CartPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const read = publicUrl() ? null : await (await shopper()).orders();
  if (read && !read.found) throw new Error(read.problem ?? undefined);
  return <CartView refused={'refused' in (await searchParams)} orders={read?.found ?? null} />;
}
