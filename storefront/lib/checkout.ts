// The checkout's fields: what a form sends, what an order needs, and what is wrong with it. The same for the browser and
// for the server, which takes the form when there is no script.
import type { CheckoutForm, Quote, QuoteCreate, ShippingMethod } from 'till-client';

export const addressNames = ['country', 'name', 'line1', 'line2', 'postal_code', 'city', 'region', 'phone'] as const;
export const fieldNames = ['email', ...addressNames, 'method'] as const; // in the page's order
export type FieldName = (typeof fieldNames)[number];
export type Fields = Record<FieldName, string>;
export type Problems = Partial<Record<FieldName, string>>;

export const noFields = Object.fromEntries(fieldNames.map(name => [name, ''])) as Fields;

/** The fields of a form that was sent, or that stands in the page. */
export const readFields = (form: FormData): Fields =>
  Object.fromEntries(fieldNames.map(name => [name, String(form.get(name) ?? '').trim()])) as Fields;

export interface Country { code: string; name: string; labels: AddressLabels; postal_code: Need; region: Need }
type Need = CheckoutForm['countries'][number]['region'];

/** What the page asks for: from the shop's settings, the same for every shopper. */
export interface Asked {
  requires: CheckoutForm['requires'];
  countries: Country[]; // by name
  methods: ShippingMethod[];
}

/** `key`: the cart and address that it is of. */
export interface Quoted { quote: Quote; key: string }

// An address is given once something of it is. What the shop requires is asked for even if nothing is.
export const hasAddress = (fields: Fields) => addressNames.some(name => fields[name] !== '');

/** Whether an address in this country has such a line at all. */
export const isShown = (name: FieldName, country: Country | undefined) =>
  !(name === 'region' || name === 'postal_code') || country?.[name] !== 'none';

export function isRequired(name: FieldName, fields: Fields, { requires, countries }: Asked): boolean {
  if (name === 'email') return requires.includes('email');
  if (name === 'method') return requires.includes('shipping');
  if (!hasAddress(fields) && !requires.includes('address')) return false;
  const country = countries.find(({ code }) => code === fields.country);
  if (name === 'region' || name === 'postal_code') return country?.[name] === 'required';
  return ['country', 'name', 'line1', 'city'].includes(name);
}

/** What an address's lines are called in a country (country-labels.ts). */
export interface AddressLabels { region: string; postal_code: string }
const plainLabels: AddressLabels = { region: 'Region', postal_code: 'Postal code' };

export function labelOf(name: FieldName, { region, postal_code } = plainLabels): string {
  const labels: Record<FieldName, string> = {
    email: 'Email',
    country: 'Country',
    name: 'Full name',
    line1: 'Street and number',
    line2: 'Flat, floor, company',
    city: 'City',
    region,
    postal_code,
    phone: 'Phone, for the courier',
    method: 'Shipping',
  };
  return labels[name];
}

export const missing = (name: FieldName, labels?: AddressLabels): string =>
  name === 'country' ? 'Choose a country.' : name === 'method' ? 'Choose how it is sent.' : `${labelOf(name, labels)} is missing.`;

/** What is missing. The rest is for Till to judge. */
export function missingFields(fields: Fields, asked: Asked): Problems {
  const names = fieldNames.filter(name => name !== 'method' && fields[name] === '' && isRequired(name, fields, asked));
  const labels = asked.countries.find(({ code }) => code === fields.country)?.labels;
  return Object.fromEntries(names.map(name => [name, missing(name, labels)]));
}

export const given = (fields: Fields, names: readonly FieldName[]) => Object.fromEntries(names.filter(name => fields[name]).map(name => [name, fields[name]]));

/** The body of a quote: only what the total depends on, so that typing a name asks for none. */
export const quoteBody = (lines: string[], fields: Fields): QuoteCreate => ({
  cart_item_ids: lines,
  ...(fields.country && { shipping_address: given(fields, ['country', 'region', 'postal_code']) as QuoteCreate['shipping_address'] }),
  ...(fields.country && fields.method && { shipping_method_id: fields.method }),
});

const bodyNames: Record<string, FieldName> = { shipping_method_id: 'method', shipping_address: 'country' };

export function fieldOf(loc: (string | number)[]): FieldName | undefined {
  const name = String(loc.at(-1));
  return fieldNames.find(field => field === name) ?? bodyNames[name];
}

/** What a quote says beside the totals, field by field: it stops no order but the one that cannot be sent. */
export function warningsOf(quote: Quote | null): Problems {
  const warnings = quote?.warnings.map(({ loc, msg }) => [fieldOf(loc), msg] as const) ?? [];
  return Object.fromEntries(warnings.filter(([name]) => name));
}

export const days = ({ min_days, max_days }: { min_days: number | null; max_days: number | null }): string => {
  const [least, most] = [min_days ?? max_days, max_days ?? min_days];
  if (least === null || most === null) return '';
  return least === most ? `${most} working ${most === 1 ? 'day' : 'days'}` : `${least}–${most} working days`;
};
