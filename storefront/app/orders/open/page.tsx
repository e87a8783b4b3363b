import type { Metadata } from 'next';
import { OpenOrder } from '@/components/open-order';

export const metadata: Metadata = { title: 'Your order', robots: { index: false }, referrer: 'no-referrer' };

export default function OpenOrderPage() {
  return <OpenOrder />;
}
