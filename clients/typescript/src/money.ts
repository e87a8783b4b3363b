/**
 * An amount in minor units as text: `formatMoney(2999, 'usd')` is `$29.99`, `formatMoney(2999, 'jpy', 'ja')` is `¥2,999`. How many
 * minor units there are is Intl's to know.
 */
export function formatMoney(amount: number, currency: string, locale = 'en-US'): string {
  const format = formatFor(currency.toUpperCase(), locale);
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const formats = new Map<string, Intl.NumberFormat>(); /* making one costs more than a hundred uses */

function formatFor(currency: string, locale: string): Intl.NumberFormat {
  const name = `${locale} ${currency}`;
  const format = formats.get(name) ?? new Intl.NumberFormat(locale, { style: 'currency', currency });
  formats.set(name, format);
  return format;
}
