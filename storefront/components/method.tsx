import type { ReactNode } from 'react';
import type { ShippingMethod } from 'till-client';
import { days } from '@/lib/checkout';
import { money } from '@/lib/money';

interface MethodProps {
  name: string;
  description: string | null;
  min_days: number | null;
  max_days: number | null;
  free_from?: number | null;
  price: string;
  isMuted?: boolean;
  children: ReactNode;
}

/** A way to ship, in a row: with what chooses it, or muted. */
export function Method({ name, description, min_days, max_days, free_from = null, price, isMuted = false, children }: MethodProps) {
  const more = [days({ min_days, max_days }), free_from !== null && `free from ${money(free_from)}`, description].filter(Boolean).join(' · ');
  const Row = isMuted ? 'div' : 'label';
  return (
    <Row className={`flex min-h-18 items-center gap-4 px-5 py-3 ${isMuted ? 'text-soft' : 'cursor-pointer has-checked:bg-wash hover:bg-sunken'}`}>
      {children}
      <span className="grow"><span className="block font-medium">{name}</span><span className="block text-sm text-soft">{more}</span></span>
      <span className="figures font-medium whitespace-nowrap">{price}</span>
    </Row>
  );
}

/** The ways to ship before there is an address, which alone says what there is to choose from. */
export function OfferedMethods({ methods }: { methods: ShippingMethod[] }) {
  return methods.map(method => (
    <Method key={method.id} {...method} isMuted price={method.tiers.length === 1 ? money(method.tiers[0]!.price) : `from ${money(Math.min(...method.tiers.map(({ price }) => price)))}`}>
      <span className="size-5 shrink-0 rounded-full border border-line" aria-hidden="true" />
    </Method>
  ));
}
