import { formatMoney } from 'till-client';
import { shop } from './shop';

/** An amount in minor units (cents, pence, yen) as people write it. */
export const money = (amount: number, currency: string = shop.currency) => formatMoney(amount, currency, shop.locale);

/** Without the cents where there are none: for the bounds of a filter. */
export const roundMoney = (amount: number) => money(amount).replace(/[.,]00(?=\D*$)/, '');

/** 29.99 for 2999 cents: for machines. */
export function plainAmount(amount: number): string {
  const digits = new Intl.NumberFormat(shop.locale, { style: 'currency', currency: shop.currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toFixed(digits);
}
