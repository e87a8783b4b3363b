import type { Metadata } from 'next';
import { FindOrder } from '@/components/find-order';

export const metadata: Metadata = { title: 'Find an order' };

export default function FindOrderPage() {
  return <FindOrder />;
}
