import type { Metadata } from 'next';
import { DirectOrders } from '@/components/direct';
import { LeadOn } from '@/components/lead-on';
import { OrderList } from '@/components/order-list';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Your orders', robots: { index: false } };

export default async function OrdersPage() {
  const read = publicUrl() ? null : await (await shopper()).orders();
  if (read && !read.found) throw new Error(read.problem ?? undefined);
  return (
    <div className="pt-8">
      <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">Your orders</h1>
      {read?.found ? <OrderList orders={read.found} /> : <DirectOrders />}
      {read?.found?.length === 0 && <LeadOn />}
    </div>
  );
}
