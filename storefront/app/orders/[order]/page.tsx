import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { DirectOrder } from '@/components/direct';
import { OneOrder } from '@/components/one-order';
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
  const news = 'thanks' in query ? 'thanks' : 'already' in query ? 'already' : null;
  return read?.found ? <OneOrder order={read.found} news={news} /> : <DirectOrder key={id} id={id} news={news} />;
}
