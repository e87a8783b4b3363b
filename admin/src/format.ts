/** Money, times and counts, as the browser's language writes them. */
import { formatMoney } from '../../clients/typescript/src/money.js';

const language = navigator.language || 'en-US';

/** Makes something at its first use: an Intl format costs about a millisecond, and the first view needs few of them. */
function onUse<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The same for each name. */
function onUseOf<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return name => {
    const found = made.get(name) ?? make(name);
    made.set(name, found);
    return found;
  };
}

const timeFormat = (options: Intl.DateTimeFormatOptions) => onUse(() => new Intl.DateTimeFormat(language, options));

export const money = (amount: number, currency: string) => formatMoney(amount, currency, language);

/** The currency's sign: `$`. */
export const moneySign = (currency: string) =>
  new Intl.NumberFormat(language, { style: 'currency', currency }).formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency.toUpperCase();

const digitsOf = onUseOf(currency => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2);

/** An amount for an input: `2999` is `29.99`. */
export const plainMoney = (amount: number, currency: string) => (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));

const whole_form = /^(\d+|\d{1,3}([.,\s'’]\d{3})+)$/;

/** The minor units of what somebody typed: `1,299.50`, `1.299,50` or `12`. NaN if it is no amount. */
export function parseMoney(typed: string, currency: string): number {
  const digits = digitsOf(currency), text = typed.replace(/^[^\d.,-]+|[^\d]+$/g, '');
  const split = digits > 0 ? new RegExp(`^(.*)[.,](\\d{1,${digits}})$`).exec(text) : null;
  const whole = split?.[1] ?? text, part = split?.[2] ?? '';
  if (!whole_form.test(whole)) return NaN;
  const amount = Number(whole.replace(/\D/g, '') + part.padEnd(digits, '0'));
  return Number.isSafeInteger(amount) ? amount : NaN;
}

const counts = onUse(() => new Intl.NumberFormat(language));
export const count = (n: number) => counts().format(n);

const day = timeFormat({ day: 'numeric', month: 'short' });
const dayOfYear = timeFormat({ day: 'numeric', month: 'short', year: 'numeric' });
const clock = timeFormat({ hour: 'numeric', minute: '2-digit' });
const full = timeFormat({ dateStyle: 'full', timeStyle: 'long' });

const isSameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

/** `14:02` today, `Yesterday 14:02`, `3 Nov 14:02`, `3 Nov 2025`. */
export function shortTime(text: string, now = new Date()): string {
  const at = new Date(text);
  if (isSameDay(at, now)) return clock().format(at);
  if (isSameDay(at, new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return `Yesterday ${clock().format(at)}`;
  return at.getFullYear() === now.getFullYear() ? `${day().format(at)}, ${clock().format(at)}` : dayOfYear().format(at);
}

export const fullTime = (text: string) => full().format(new Date(text));
export const dateOnly = (text: string) => dayOfYear().format(new Date(text));

/** The first moment of a day that a date input names, here, as the API takes it; `after` counts days on. */
export function dayStart(date: string, after = 0): string | undefined {
  const [year, month, number] = date.split('-').map(Number);
  if (!year || !month || !number) return undefined;
  return new Date(year, month - 1, number + after).toISOString();
}

/** The days that end today, in UTC as the API counts them: `Nov 1 – 30`. */
export const lastDays = (days: number, now = Date.now()) => utcDay().formatRange(new Date(now - (days - 1) * 86_400_000), new Date(now));

const names = onUse(() => new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }));
export const countryName = (code: string) => names().of(code) ?? code;

/** All countries that the API knows (ISO 3166-1 alpha-2). */
const codes =
  'ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW';
export const countries = onUse(() => {
  const { compare } = new Intl.Collator(language);
  return (codes.match(/../g) ?? []).map(code => ({ code, name: countryName(code) })).sort((a, b) => compare(a.name, b.name));
});

const number_signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An order's number, which the last 50 bits of its id are (src/shop/orders/order_number.c). */
export function orderNumber(id: string): string {
  const bits = BigInt('0x' + id.replace(/-/g, '').slice(-13)), signs = Array.from({ length: 10 }, (_, i) => number_signs[Number((bits >> BigInt(5 * (9 - i))) & 31n)]);
  return `${signs.slice(0, 5).join('')}-${signs.slice(5).join('')}`;
}

/** A rate in thousandths of a per cent: `19 %`. */
export const percent = (e5: number) => `${new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(e5 / 1000)} %`;

/** `+12 %`, `−4.5 %`: a change, without needless digits. */
export const signedPercent = (part: number) =>
  new Intl.NumberFormat(language, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: Math.abs(part) < 0.1 ? 1 : 0 }).format(part);

/** An amount on a scale: without cents if it has none. */
export const roundMoney = (amount: number, currency: string) => roundFormat(currency).format(amount / 10 ** digitsOf(currency));
const roundFormat = onUseOf(currency => new Intl.NumberFormat(language, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as Intl.NumberFormatOptions));

/** The least of 1, 2, 2.5, 5, 10, 20, 25, 50 … that is not less. */
export function niceStep(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(n, 1)));
  return Math.ceil([1, 2, 2.5, 5, 10].map(factor => factor * power).find(step => step >= n) ?? n);
}

const utc = { timeZone: 'UTC' } as const;
const utcDay = timeFormat({ day: 'numeric', month: 'short', ...utc });
const utcWeekday = timeFormat({ weekday: 'short', day: 'numeric', month: 'short', ...utc });

/** A day that the API names, such as `2026-11-23`: it is one of UTC, whatever the hour is here. */
export const dayName = (date: string) => utcDay().format(new Date(date));
export const spanName = (from: string, to: string) => (from === to ? utcWeekday().format(new Date(from)) : utcDay().formatRange(new Date(from), new Date(to)));
