import { getOrder } from 'lib/shopify';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';

type Params = Promise<{ order: string }>;

async function Receipt({ params }: { params: Params }) {
  const found = await getOrder((await params).order);
  if (!found) notFound();
  return (
    <p>
      Order {found.order.id}, {found.total.amount} {found.total.currencyCode}: {found.order.status}
    </p>
  );
}

export default function OrderPage({ params }: { params: Params }) {
  return (
    <main className="mx-auto max-w-xl px-4 py-12">
      <h1 className="mb-6 text-3xl font-medium">Thank you</h1>
      <Suspense>
        <Receipt params={params} />
      </Suspense>
    </main>
  );
}
