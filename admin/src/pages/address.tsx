/** Addresses: how they are shown, and how they are typed. */
import type { Schemas } from '../api.js';
import { countries, countryName } from '../format.js';
import { Choice, Text, type Form } from '../form.js';
import { t } from '../texts.js';

export function AddressLines({ address }: { address: Schemas['OrderAddress'] }) {
  const town = [address.postal_code, address.city].filter(Boolean).join(' ');
  const lines = [address.name, address.company, address.line1, address.line2, town, address.region, countryName(address.country), address.phone];
  return <address>{lines.filter(Boolean).map((line, i) => <span key={i}>{line}</span>)}</address>;
}

export interface AddressValues {
  name: string;
  company: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  phone: string;
}

export const noAddress: AddressValues = { name: '', company: '', line1: '', line2: '', city: '', region: '', postal_code: '', country: '', phone: '' };

/** What the API takes of the values: empty ones are left out. */
export function addressOfValues(values: AddressValues): Schemas['AddressCreate'] {
  const { name, line1, city, country, ...rest } = values;
  return { name, line1, city, country, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value.trim() !== '')) };
}

const countryOptions = (): [string, string][] => [['', t.address.choose], ...countries().map(({ code, name }): [string, string] => [code, name])];

export function AddressFields({ form }: { form: Form<AddressValues> }) {
  return (
    <div class="grid-2">
      <Choice form={form} name="country" label={t.address.country} options={countryOptions()} />
      <Text form={form} name="name" label={t.address.name} maxLength={100} autocomplete="off" />
      <Text form={form} name="company" label={t.address.company} maxLength={100} placeholder={t.optional} />
      <Text form={form} name="phone" label={t.address.phone} maxLength={30} placeholder={t.optional} inputMode="tel" />
      <Text form={form} name="line1" label={t.address.line1} maxLength={200} />
      <Text form={form} name="line2" label={t.address.line2} maxLength={200} placeholder={t.optional} />
      <Text form={form} name="postal_code" label={t.address.postal_code} maxLength={20} />
      <Text form={form} name="city" label={t.address.city} maxLength={100} />
      <Text form={form} name="region" label={t.address.region} maxLength={100} placeholder={t.optional} />
    </div>
  );
}
