import { getCart, payCart } from 'lib/shopify';
import { redirect } from 'next/navigation';
import { Suspense } from 'react';

async function pay() {
  'use server';
  redirect(`/checkout/${await payCart('pm_card_visa')}`);
}

async function Summary() {
  const cart = await getCart();
  if (!cart?.lines.length) return <p>Your cart is empty.</p>;
  return (
    <form action={pay}>
      <ul>
        {cart.lines.map(({ id, quantity, cost, merchandise }) => (
          <li key={id}>
            {quantity} × {merchandise.product.title}: {cost.totalAmount.amount} {cost.totalAmount.currencyCode}
          </li>
        ))}
      </ul>
      <button className="mt-6 rounded-full bg-blue-600 px-6 py-3 text-white">
        Pay {cart.cost.totalAmount.amount} {cart.cost.totalAmount.currencyCode} with the test card
      </button>
    </form>
  );
}

export default function CheckoutPage() {
  return (
    <main className="mx-auto max-w-xl px-4 py-12">
      <h1 className="mb-6 text-3xl font-medium">Checkout</h1>
      <Suspense>
        <Summary />
      </Suspense>
    </main>
  );
}
