import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { NewCheckout } from '@/components/checkout';
import { DemoCards } from '@/components/demo-cards';
import { OfferedMethods } from '@/components/method';
import { WithoutScript } from '@/components/without-script';
import { checkoutAsked } from '@/lib/catalogue';
import { noFields } from '@/lib/checkout';
import { publicUrl, shopper } from '@/lib/till';

export const metadata: Metadata = { title: 'Checkout', robots: { index: false } };

export default async function CheckoutPage() {
  const stripeKey = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY ?? null;
  const asked = await checkoutAsked();
  const rendered = {
    demo: stripeKey ? null : <DemoCards />, withoutScript: <WithoutScript isOrdered={false} />, offered: <OfferedMethods methods={asked.methods} />,
  };
  const only = asked.countries.length === 1 && asked.requires.includes('address') ? asked.countries[0]!.code : '';
  const fields = { ...noFields, country: only };
  const nothing = { quote: null, method: '', problem: null };
  if (publicUrl()) return <NewCheckout asked={asked} fields={fields} quoting={nothing} stripeKey={stripeKey} rendered={rendered} />;

  const calls = await shopper();
  const { items, problem } = await calls.cart();
  if (problem) throw new Error(problem);
  if (!items?.length) redirect('/cart?changed');
  const quoting = await calls.quote(items.map(({ id }) => id), fields);
  return <NewCheckout asked={asked} fields={fields} quoting={quoting} stripeKey={stripeKey} rendered={rendered} />;
}
