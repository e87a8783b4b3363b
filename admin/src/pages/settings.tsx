/** How the shop is called, what it asks at checkout, where it ships to, and which mails it sends. */
import { api, type Schemas } from '../api.js';
import { Area, Check, FormAlert, Radios, Text, useForm, wholeOf } from '../form.js';
import { useUnsaved } from '../router.js';
import { refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, Facts, Loaded, PageFrame, Section } from '../ui.js';
import { CountryPicker } from './countries.js';

type Settings = Schemas['SettingsRead'];

export function SettingsPage() {
  const query = useQuery('settings', () => api('get', '/admin/settings'));
  return <PageFrame title={t.settings.title} narrow><Loaded query={query}>{settings => <SettingsForm settings={settings} />}</Loaded></PageFrame>;
}

type Need = Settings['checkout_requires'][number];
type MailKind = Settings['mails'][number];

const needs = Object.keys(t.settings.needs) as Need[];
const mails = Object.keys(t.mails.kinds).filter((kind): kind is MailKind => kind in t.settings.mails) as MailKind[];

const valuesOf = (settings: Settings) => ({
  shop_name: settings.shop_name, shop_address: settings.shop_address, shop_email: settings.shop_email,
  needs: settings.checkout_requires, tax: settings.prices_include_tax ? 'included' : 'added', ship_to: settings.ship_to,
  payments_receipts: settings.payments_receipts ?? false, low_stock_at: String(settings.low_stock_at ?? 0), mails: settings.mails,
});

function SettingsForm({ settings }: { settings: Settings }) {
  const form = useForm(valuesOf(settings));
  useUnsaved(form.isChanged);
  const send = form.submit(async values => {
    const saved = await api('patch', '/admin/settings', {
      body: {
        shop_name: values.shop_name.trim(), shop_address: values.shop_address.trim(), shop_email: values.shop_email.trim(),
        checkout_requires: values.needs, prices_include_tax: values.tax === 'included', ship_to: values.ship_to,
        ...(settings.uses_stripe ? { payments_receipts: values.payments_receipts } : {}), low_stock_at: wholeOf('low_stock_at', values.low_stock_at) ?? 0, mails: values.mails,
      },
    });
    form.reset(valuesOf(saved));
    say(t.saved);
    void refresh('settings');
  });
  return (
    <form noValidate onSubmit={send} class="stack roomy">
      <Section title={t.settings.shop}>
        <div class="stack">
          <Text form={form} name="shop_name" label={t.settings.shopName} hint={t.settings.shopNameHint} maxLength={100} />
          <Area form={form} name="shop_address" label={t.settings.shopAddress} hint={t.settings.shopAddressHint} rows={3} maxLength={500} />
          <Text form={form} name="shop_email" label={t.settings.shopEmail} hint={t.settings.shopEmailHint} type="email" maxLength={254} />
        </div>
      </Section>
      <Section title={t.settings.checkout}>
        <div class="stack">
          <ManyChecks label={t.settings.needsLabel} options={needs.map(need => [need, t.settings.needs[need]])} chosen={form.values.needs} onChange={chosen => form.set({ needs: chosen })} />
          <CountryPicker label={t.settings.shipTo} hint={t.settings.shipToHint} chosen={form.values.ship_to} onChange={ship_to => form.set({ ship_to })} error={form.errorOf('ship_to')} />
        </div>
      </Section>
      <Section title={t.settings.prices}>
        <div class="stack">
          <Radios form={form} name="tax" label={t.settings.tax} options={[['included', t.settings.taxIncluded, t.settings.taxIncludedHint], ['added', t.settings.taxAdded, t.settings.taxAddedHint]]} />
          <Facts facts={[[t.settings.currency, <>{settings.currency.toUpperCase()}<small class="hint block">{t.settings.currencyHint}</small></>]]} />
        </div>
      </Section>
      <Section title={t.settings.mailsTitle}>
        <div class="stack">
          <ManyChecks label={t.settings.mailsLabel} options={mails.map(kind => [kind, t.settings.mails[kind]])} chosen={form.values.mails} onChange={chosen => form.set({ mails: chosen })} />
          {settings.uses_stripe && <Check form={form} name="payments_receipts" label={t.settings.receipts} />}
        </div>
      </Section>
      <Section title={t.settings.stock}>
        <Text form={form} name="low_stock_at" label={t.settings.lowStock} hint={t.settings.lowStockHint(settings.low_stock_below - 1, (settings.low_stock_at ?? 0) > 0)} inputMode="numeric" maxLength={7} />
      </Section>
      <FormAlert form={form} />
      <div class="actions save-bar">
        <Button type="submit" look="primary" busy={form.busy}>{t.save}</Button>
        {form.isChanged && <Button look="quiet" onClick={() => form.reset(valuesOf(settings))}>{t.discard}</Button>}
      </div>
    </form>
  );
}

/** Any of a few. */
export function ManyChecks<T extends string>({ label, options, chosen, onChange }: { label: string; options: [T, string, string?][]; chosen: T[]; onChange: (chosen: T[]) => void }) {
  return (
    <fieldset class="radios">
      <legend>{label}</legend>
      {options.map(([value, text, hint]) => (
        <label key={value} class="radio">
          <input type="checkbox" checked={chosen.includes(value)} onChange={event => onChange(event.currentTarget.checked ? [...chosen, value] : chosen.filter(one => one !== value))} />
          <span>{text}{hint && <small>{hint}</small>}</span>
        </label>
      ))}
    </fieldset>
  );
}
