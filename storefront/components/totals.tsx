// How a total comes about: of a cart that is quoted, and of an order that was placed.
import type { OrderDetails, Quote } from 'till-client';
import { money } from '@/lib/money';

type Amounts = Pick<Quote, 'items_total' | 'discount_total' | 'shipping_total' | 'tax_total' | 'tax_included' | 'total_amount' | 'currency'>;

/** What the taxes of an order are called, each once; `tax` if they have no names. */
export const taxNames = ({ items }: Pick<OrderDetails, 'items'>) => [...new Set(items.flatMap(({ tax_name }) => tax_name ?? []))].join(', ');

/**
 * `shipping`: how it is sent; null if it is not, or not yet (`mayShip`). `mayTax`: a tax may come once there is an address, and
 * has its place kept.
 */
export function Totals({ amounts, shipping, tax = '', mayShip = false, mayTax = false, testId }: {
  amounts: Amounts;
  shipping: string | null;
  tax?: string;
  mayShip?: boolean;
  mayTax?: boolean;
  testId?: string;
}) {
  const { items_total, discount_total, shipping_total, tax_total, tax_included, total_amount, currency } = amounts;
  const row = (label: string, amount: number | string, isThere = true) => (isThere || mayTax) && (
    <div className={`flex justify-between gap-4 ${isThere ? '' : 'invisible'}`} aria-hidden={!isThere}>
      <dt>{label}</dt><dd className="whitespace-nowrap">{typeof amount === 'number' ? money(amount, currency) : amount}</dd>
    </div>
  );
  const isPlain = !mayShip && !mayTax && total_amount === items_total && shipping === null && tax_total === 0;
  return (
    <dl className="figures flex flex-col gap-1.5">
      {!isPlain && row('Subtotal', items_total)}
      {discount_total > 0 && row('Discount', -discount_total)}
      {(shipping !== null || mayShip) && row(shipping ? `Shipping, ${shipping}` : 'Shipping', shipping === null ? '–' : shipping_total || 'Free')}
      {!tax_included && row(tax || 'Tax', tax_total, tax_total > 0)}
      <div className="flex items-baseline justify-between gap-4 pt-2 text-xl font-bold"><dt>Total</dt><dd data-testid={testId}>{money(total_amount, currency)}</dd></div>
      {tax_included && row(`Includes ${tax || 'tax'}`, tax_total, tax_total > 0)}
    </dl>
  );
}
