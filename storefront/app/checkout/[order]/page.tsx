import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { CheckoutOrder } from '@/components/checkout-order';
import { DemoCards } from '@/components/demo-cards';
import { OrderSummary, Recipient } from '@/components/placed-order';
import { WithoutScript } from '@/components/without-script';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Checkout', robots: { index: false } };

interface Props { params: Promise<{ order: string }>; searchParams: Promise<{ payment?: string }> }

export default async function CheckoutPage({ params, searchParams }: Props) {
  const { order: id } = await params;
  const { payment } = await searchParams; // on the way back from the shopper's bank
  const stripeKey = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY ?? null;
  const rendered = { demo: stripeKey ? null : <DemoCards />, withoutScript: <WithoutScript isOrdered /> };
  if (publicUrl()) return <CheckoutOrder id={id} order={null} payment={payment ?? null} stripeKey={stripeKey} rendered={rendered} />;

  const calls = await shopper();
  const settled = payment ? await calls.settle(payment) : null;
  const { found, problem } = await calls.order(id);
  if (!found) {
    if (problem) throw new Error(problem);
    notFound();
  }
  if (found.status === 'paid') redirect(`/orders/${id}?${settled?.state === 'paid' ? 'thanks' : 'already'}`);
  if (found.status !== 'pending') redirect(`/orders/${id}`);
  const order = { summary: <OrderSummary order={found} />, recipient: <Recipient order={found} className="mb-8" /> };
  return <CheckoutOrder id={id} order={found} payment={null} stripeKey={stripeKey} rendered={{ ...rendered, ...order }} />;
}
