/** Money, times and counts, as the browser's language writes them. */
import { formatMoney } from '../../clients/typescript/src/money.js';

const language = navigator.language || 'en-US';

export const money = (amount: number, currency: string) => formatMoney(amount, currency, language);

const digitsOf = (currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

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

const counts = new Intl.NumberFormat(language);
export const count = (n: number) => counts.format(n);

const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });

const isSameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

/** `14:02` today, `Yesterday 14:02`, `3 Nov 14:02`, `3 Nov 2025`. */
export function shortTime(text: string, now = new Date()): string {
  const at = new Date(text);
  if (isSameDay(at, now)) return clock.format(at);
  if (isSameDay(at, new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return `Yesterday ${clock.format(at)}`;
  return at.getFullYear() === now.getFullYear() ? `${day.format(at)}, ${clock.format(at)}` : dayOfYear.format(at);
}

export const fullTime = (text: string) => full.format(new Date(text));
export const dateOnly = (text: string) => dayOfYear.format(new Date(text));

/** The first moment of a day that a date input names, here, as the API takes it; `after` counts days on. */
export function dayStart(date: string, after = 0): string | undefined {
  const [year, month, number] = date.split('-').map(Number);
  if (!year || !month || !number) return undefined;
  return new Date(year, month - 1, number + after).toISOString();
}

const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' });
export const countryName = (code: string) => names.of(code) ?? code;

/** All countries that the API knows (ISO 3166-1 alpha-2). */
const codes =
  'ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW';
export const countries = (codes.match(/../g) ?? [])
  .map(code => ({ code, name: countryName(code) }))
  .sort((a, b) => a.name.localeCompare(b.name, language));

/** A rate in thousandths of a per cent: `19 %`. */
export const percent = (e5: number) => `${new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(e5 / 1000)} %`;
