/** Which taxes an order is charged, by where it goes and what is in it. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { Choice, FormAlert, FormError, Text, useForm } from '../form.js';
import { countries, countryName, percent } from '../format.js';
import { href } from '../router.js';
import { change, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, say } from '../toasts.js';
import { Button, Dialog, Empty, Loaded, PageFrame, Table, type Column } from '../ui.js';
import { refresh } from '../store.js';

type Rate = Schemas['TaxRateRead'];

const list_key = 'taxes:list';

export function TaxesPage() {
  const query = useQuery(list_key, () => api('get', '/admin/tax-rates'));
  const [edited, edit] = useState<Rate | 'new' | null>(null);
  const columns: Column<Rate>[] = [
    { head: t.address.country, phone: 'first', kind: 'wide', cell: rate => <button type="button" class="link strong" data-open data-key="e" onClick={() => edit(rate)}>{countryName(rate.country)}{rate.region && `, ${rate.region}`}</button> },
    { head: t.taxes.class, phone: 'left', cell: rate => (t.taxes.classes as Record<string, string>)[rate.class] ?? rate.class },
    { head: t.taxes.name, phone: 'right', cell: rate => rate.name },
    { head: t.taxes.rate, phone: 'aside', kind: 'number', cell: rate => percent(rate.rate_e5) },
  ];
  return (
    <PageFrame title={t.taxes.title} actions={<Button look="primary" icon="plus" data-key="n" onClick={() => edit('new')}>{t.taxes.new}</Button>}>
      <p class="hint under">{t.taxes.hint} <a href={href('settings')}>{t.nav.settings}</a></p>
      <Loaded query={query}>
        {rates => (rates.length === 0
          ? <Empty icon="taxes" title={t.taxes.none} action={<Button look="primary" onClick={() => edit('new')}>{t.taxes.new}</Button>}>{t.taxes.noneHint}</Empty>
          : <Table label={t.taxes.title} columns={columns} rows={rates} idOf={rate => rate.id} />)}
      </Loaded>
      {edited && <RateDialog rate={edited === 'new' ? null : edited} onClose={() => edit(null)} />}
    </PageFrame>
  );
}

function RateDialog({ rate, onClose }: { rate: Rate | null; onClose: () => void }) {
  const form = useForm({ country: rate?.country ?? '', region: rate?.region ?? '', class: rate?.class ?? 'standard', name: rate?.name ?? '', rate: rate ? String(rate.rate_e5 / 1000) : '' });
  const send = form.submit(async values => {
    const typed = Number(values.rate.trim().replace(',', '.').replace(/\s*%$/, '')), rate_e5 = Math.round(typed * 1000);
    if (values.country === '') throw new FormError('country', t.errors.needed);
    if (values.rate.trim() === '' || !Number.isFinite(typed)) throw new FormError('rate_e5', t.taxes.rateWrong);
    const body: Schemas['TaxRateCreate'] = { country: values.country, region: values.region.trim(), class: values.class.trim() || 'standard', name: values.name.trim(), rate_e5 };
    await (rate ? api('put', '/admin/tax-rates/{tax_rate_id}', { path: { tax_rate_id: rate.id }, body }) : api('post', '/admin/tax-rates', { body }));
    onClose();
    say(t.saved);
    void refresh('taxes:');
  });
  return (
    <Dialog title={rate ? t.taxes.edit : t.taxes.new} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Choice form={form} name="country" label={t.address.country} options={[['', t.address.choose], ...countries().map(({ code, name }): [string, string] => [code, name])]} />
          <Text form={form} name="region" label={t.address.region} hint={t.taxes.regionHint} maxLength={100} placeholder={t.optional} />
          <Text form={form} name="name" label={t.taxes.name} hint={t.taxes.nameHint} maxLength={100} />
          <Text form={{ ...form, errorOf: () => form.errorOf('rate_e5') }} name="rate" label={t.taxes.rateLabel} hint={t.taxes.rateHint} inputMode="decimal" />
          <Text form={form} name="class" label={t.taxes.class} hint={t.taxes.classHint} maxLength={40} list="classes" />
          <datalist id="classes"><option value="standard" /><option value="shipping" /><option value="reduced" /></datalist>
          <FormAlert form={form} />
        </div>
        <footer>
          {rate && <Button look="quiet" class="at-start" onClick={() => { onClose(); void remove(rate); }}>{t.remove}</Button>}
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" look="primary" busy={form.busy}>{t.save}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

const nameOf = (rate: Rate) => `${countryName(rate.country)}, ${rate.name}`;

const remove = (rate: Rate) => act({
  apply: () => change<Rate[]>(list_key, rates => rates.filter(one => one !== rate)),
  send: () => api('delete', '/admin/tax-rates/{tax_rate_id}', { path: { tax_rate_id: rate.id } }),
  undo: { what: t.undoOf.removal(nameOf(rate)), run: () => api('post', '/admin/tax-rates', { body: { country: rate.country, region: rate.region, class: rate.class, name: rate.name, rate_e5: rate.rate_e5 } }) },
  done: t.removed(nameOf(rate)), failed: t.notRemoved, refresh: ['taxes:'], row: rate.id,
});
