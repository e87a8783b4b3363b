import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { OrderView } from '@/components/order-views';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Your order', robots: { index: false } };

interface Props { params: Promise<{ order: string }>; searchParams: Promise<Record<string, unknown>> }

export default async function OrderPage({ params, searchParams }: Props) {
  const { order: id } = await params;
  const query = await searchParams;
  const read = publicUrl() ? null : await (await shopper()).order(id);
  if (read && !read.found) {
    if (read.problem) throw new Error(read.problem);
    notFound();
  }
  return <OrderView id={id} order={read?.found ?? null} news={'thanks' in query ? 'thanks' : 'already' in query ? 'already' : null} />;
}
