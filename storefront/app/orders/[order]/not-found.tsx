import type { Metadata } from 'next';
import { LeadOn } from '@/components/lead-on';
import { Missing } from '@/components/missing';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return <><Missing what="order" /><LeadOn /></>;
}
