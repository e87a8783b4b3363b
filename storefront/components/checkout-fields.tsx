'use client';
// What the checkout asks: contact, address, and how it is sent. Inputs keep what is typed themselves, so that what stood
// in them before the script came (the browser's autofill, a form that was sent without it) stays.
import type { HTMLInputAutoCompleteAttribute, ReactNode } from 'react';
import type { Quote } from 'till-client';
import { hasAddress, isRequired, isShown, labelOf, warningsOf, type Asked, type FieldName, type Fields, type Problems } from '@/lib/checkout';
import { money } from '@/lib/money';
import { Method } from './method';

export interface FieldsProps {
  asked: Asked;
  fields: Fields; // as they are now
  errors: Problems;
  quote: Quote | null;
  onMethod: (method: string) => void;
  offered: ReactNode; // the ways to ship, before there is a country
}

const tokens: Partial<Record<FieldName, HTMLInputAutoCompleteAttribute>> = {
  email: 'email', country: 'shipping country', name: 'shipping name', line1: 'shipping address-line1', line2: 'shipping address-line2',
  city: 'shipping address-level2', region: 'shipping address-level1', postal_code: 'shipping postal-code', phone: 'shipping tel',
};
const lengths: Partial<Record<FieldName, number>> = { email: 254, name: 100, line1: 200, line2: 200, city: 100, region: 100, postal_code: 20, phone: 30 };

const nothing: never[] = [];

export function CheckoutFields(props: FieldsProps) {
  const { asked, fields } = props;
  const country = asked.countries.find(({ code }) => code === fields.country);
  const warnings = warningsOf(props.quote), isBegun = hasAddress(fields);
  const field = (name: FieldName, more: { className?: string; type?: string; children?: ReactNode } = {}) =>
    isShown(name, country) && <Field key={name} name={name} {...props} warning={warnings[name]} {...more} />;
  return (
    <>
      <Part id="contact" title="Contact" required={asked.requires.includes('email')}>
        {field('email', { type: 'email' })}
      </Part>
      <Part id="address" title="Delivery address" required={asked.requires.includes('address') || isBegun}>
        <div className="grid grid-cols-6 gap-x-4 gap-y-5">
          {field('country', {
            className: 'col-span-6',
            children: [<option key="" value="">{asked.requires.includes('address') ? 'Choose a country' : 'None yet'}</option>,
              ...asked.countries.map(({ code, name }) => <option key={code} value={code}>{name}</option>)],
          })}
          {field('name', { className: 'col-span-6' })}
          {field('line1', { className: 'col-span-6' })}
          {field('line2', { className: 'col-span-6' })}
          {field('postal_code', { className: 'col-span-6 sm:col-span-2' })}
          {field('city', { className: country?.postal_code === 'none' ? 'col-span-6' : 'col-span-6 sm:col-span-4' })}
          {field('region', { className: 'col-span-6 sm:col-span-3' })}
          {field('phone', { className: country?.region === 'none' ? 'col-span-6' : 'col-span-6 sm:col-span-3', type: 'tel' })}
        </div>
      </Part>
      {asked.methods.length > 0 && (
        <Part id="shipping" title="Shipping" required={asked.requires.includes('shipping') || isBegun}><Methods {...props} warning={warnings.method ?? warnings.country} /></Part>
      )}
    </>
  );
}

/** A part of the form under a heading. What of it may be left out altogether says so once. */
export function Part({ id, title, required = true, children }: { id: string; title: string; required?: boolean; children: ReactNode }) {
  return (
    <section aria-labelledby={`part-${id}`} className="border-line pb-9 not-first-of-type:border-t not-first-of-type:pt-7">
      <h2 id={`part-${id}`} className="mb-5 flex items-baseline justify-between gap-4 text-xl font-bold tracking-tight">
        {title}{!required && <span className="text-sm font-normal text-soft">optional</span>}
      </h2>
      {children}
    </section>
  );
}

function Field({ name, asked, fields, errors, warning, className = '', type = 'text', children }: FieldsProps & {
  name: FieldName;
  warning?: string | undefined;
  className?: string;
  type?: string;
  children?: ReactNode; // a select's options
}) {
  const error = errors[name], note = error ?? warning;
  const required = isRequired(name, fields, asked);
  const mayBeLeft = !required && (name === 'line2' || name === 'phone' || (fields.country !== '' && (name === 'region' || name === 'postal_code')));
  const common = {
    id: name, name, required, defaultValue: fields[name], autoComplete: tokens[name], 'aria-invalid': !!error, 'aria-describedby': note ? `${name}-note` : undefined,
  };
  return (
    <div className={className}>
      <label htmlFor={name} className="mb-1.5 block font-medium">
        {labelOf(name, asked.countries.find(({ code }) => code === fields.country)?.labels)}{mayBeLeft && <span className="font-normal text-soft"> (optional)</span>}
      </label>
      {children
        ? <select {...common} className="field">{children}</select>
        : <input {...common} type={type} maxLength={lengths[name]} className="field" spellCheck={false} autoCapitalize={type === 'email' || name === 'postal_code' ? 'off' : undefined} />}
      {note && <p id={`${name}-note`} className={`mt-1.5 text-sm ${error ? 'text-warn' : 'text-soft'}`}>{note}</p>}
    </div>
  );
}

/** Before there is a country they are shown and cannot be chosen yet, so that nothing moves once they can. */
function Methods({ offered, fields, errors, quote, warning, onMethod }: FieldsProps & { warning: string | undefined }) {
  const note = errors.method ?? warning;
  const options = fields.country ? quote?.shipping_options ?? nothing : nothing;
  return (
    <fieldset aria-describedby="method-note" className="min-w-0">
      <legend className="sr-only">Shipping</legend>
      <div className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-raised">
        {options.map((option, i) => (
          <Method key={option.id} {...option} price={option.price === 0 ? 'Free' : money(option.price, quote?.currency)}>
            <input
              id={i === 0 ? 'method' : undefined} type="radio" name="method" value={option.id} checked={option.id === fields.method} onChange={() => onMethod(option.id)}
              aria-invalid={!!errors.method} className="size-5 shrink-0 accent-accent"
            />
          </Method>
        ))}
        {!fields.country && offered}
        {fields.country && options.length === 0 && <p className="px-5 py-4 text-soft">There is nothing to choose from for this address.</p>}
      </div>
      <p id="method-note" className={`mt-2 min-h-5 text-sm ${errors.method ? 'text-warn' : 'text-soft'}`}>{note ?? (fields.country ? '' : 'Choose a country to choose how it is sent.')}</p>
    </fieldset>
  );
}
