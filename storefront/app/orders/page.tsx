import type { Metadata } from 'next';
import { OrdersView } from '@/components/order-views';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Your orders', robots: { index: false } };

export default async function OrdersPage() {
  const read = publicUrl() ? null : await (await shopper()).orders();
  if (read && !read.found) throw new Error(read.problem ?? undefined);
  return <OrdersView orders={read?.found ?? null} />;
}
