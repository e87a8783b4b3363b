import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { CheckoutView } from '@/components/checkout';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Checkout', robots: { index: false } };

interface Props { params: Promise<{ order: string }>; searchParams: Promise<{ payment?: string }> }

export default async function CheckoutPage({ params, searchParams }: Props) {
  const { order: id } = await params;
  const { payment } = await searchParams; // on the way back from the shopper's bank
  const stripeKey = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY ?? null;
  if (publicUrl()) return <CheckoutView id={id} order={null} payment={payment ?? null} stripeKey={stripeKey} />;

  const calls = await shopper();
  const settled = payment ? await calls.settle(payment) : null;
  const { found, problem } = await calls.order(id);
  if (!found) {
    if (problem) throw new Error(problem);
    notFound();
  }
  if (found.status === 'paid') redirect(`/orders/${id}?${settled?.state === 'paid' ? 'thanks' : 'already'}`);
  if (found.status !== 'pending') redirect(`/orders/${id}`);
  return <CheckoutView id={id} order={found} payment={null} stripeKey={stripeKey} />;
}
