/** How orders are sent, and what that costs. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { amountOf, amountOrNull, Area, Check, FormAlert, FormError, Radios, Text, useForm, wholeOf } from '../form.js';
import { count, money, plainMoney } from '../format.js';
import { useSession } from '../session.js';
import { change, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act } from '../toasts.js';
import { Badge, Button, Dialog, Empty, Loaded, PageFrame, Table, type Column } from '../ui.js';
import { CountryPicker, placesOf } from './countries.js';

type Method = Schemas['ShippingMethodAdmin'];
type Wanted = Schemas['ShippingMethodCreate'];

const list_key = 'shipping:list';

export function ShippingPage() {
  const { currency } = useSession();
  const query = useQuery(list_key, () => api('get', '/admin/shipping-methods'));
  const [edited, edit] = useState<Method | 'new' | null>(null);
  const columns: Column<Method>[] = [
    { head: t.name, kind: 'wide', phone: 'first', cell: method => <><button type="button" class="link strong" data-open data-key="e" onClick={() => edit(method)}>{method.name}</button>{method.description && <small class="soft cut">{method.description}</small>}</> },
    { head: t.shipping.price, phone: 'aside', kind: 'number', cell: method => priceInWords(method, currency) },
    { head: t.shipping.where, phone: 'left', cell: method => <>{placesOf(method.countries)}{daysOf(method) && <small class="soft block">{daysOf(method)}</small>}</> },
    { head: t.status, kind: 'tight', phone: 'right', cell: method => <Badge tone={method.is_active ? 'good' : 'dull'}>{method.is_active ? t.on : t.off}</Badge> },
    { head: t.actions, kind: 'tight', hideHead: true, cell: method => <Order methods={query.data ?? []} method={method} /> },
  ];
  return (
    <PageFrame title={t.shipping.title} actions={<Button look="primary" icon="plus" data-key="n" onClick={() => edit('new')}>{t.shipping.new}</Button>}>
      <p class="hint under">{t.shipping.hint}</p>
      <Loaded query={query}>
        {methods => (methods.length === 0
          ? <Empty icon="shipping" title={t.shipping.none} action={<Button look="primary" onClick={() => edit('new')}>{t.shipping.new}</Button>}>{t.shipping.noneHint}</Empty>
          : <Table label={t.shipping.title} columns={columns} rows={methods} idOf={method => method.id} />)}
      </Loaded>
      {edited && <MethodDialog method={edited === 'new' ? null : edited} next={(query.data?.length ?? 0) + 1} onClose={() => edit(null)} />}
    </PageFrame>
  );
}

function priceInWords(method: Method, currency: string) {
  const [first, ...others] = method.tiers;
  const from = method.free_from === null ? '' : t.shipping.freeFrom(money(method.free_from, currency));
  const price = first === undefined ? t.shipping.notOffered : others.length > 0 ? t.shipping.fromPrice(money(Math.min(...method.tiers.map(tier => tier.price)), currency)) : money(first.price, currency);
  return <>{price}{from && <small class="soft block">{from}</small>}</>;
}

const daysOf = ({ min_days, max_days }: Wanted) => t.shipping.days(min_days ?? null, max_days ?? null);

const wantedOf = ({ id: _, created_at: __, ...wanted }: Method): Wanted => wanted;

/** Shoppers see the methods in this order. */
function Order({ methods, method }: { methods: Method[]; method: Method }) {
  const at = methods.indexOf(method);
  const swap = (by: -1 | 1) => {
    const next = [...methods], [moved] = next.splice(at, 1);
    next.splice(at + by, 0, moved!);
    return act({
      apply: () => change<Method[]>(list_key, () => next),
      send: () => Promise.all(next.map((one, i) => (one.position === i + 1 ? null
        : api('put', '/admin/shipping-methods/{shipping_method_id}', { path: { shipping_method_id: one.id }, body: { ...wantedOf(one), position: i + 1 } })))),
      failed: t.notSaved, refresh: ['shipping:'],
    });
  };
  return (
    <span class="actions tight-actions">
      <button type="button" class="icon" aria-label={t.shipping.up(method.name)} disabled={at <= 0} onClick={() => void swap(-1)}>↑</button>
      <button type="button" class="icon" aria-label={t.shipping.down(method.name)} disabled={at >= methods.length - 1} onClick={() => void swap(1)}>↓</button>
    </span>
  );
}

interface TierValues {
  from: string;
  price: string;
}

function MethodDialog({ method, next, onClose }: { method: Method | null; next: number; onClose: () => void }) {
  const { currency } = useSession();
  const amount = (value: number | null) => (value === null ? '' : plainMoney(value, currency));
  const isMoney = (basis: string) => basis === 'subtotal';
  const startOf = (tier: Schemas['ShippingTier']): TierValues => ({ from: isMoney(method!.basis) ? amount(tier.from) : String(tier.from), price: amount(tier.price) });
  const form = useForm({
    name: method?.name ?? '', description: method?.description ?? '', basis: method?.basis ?? 'flat', tiers: method?.tiers.map(startOf) ?? [{ from: '0', price: '' }],
    free_from: amount(method?.free_from ?? null), min_days: String(method?.min_days ?? ''), max_days: String(method?.max_days ?? ''),
    countries: method?.countries ?? [], is_active: method?.is_active ?? true,
  });
  const { basis, tiers } = form.values;

  const send = form.submit(async values => {
    if (values.name.trim() === '') throw new FormError('name', t.errors.needed);
    const used = basis === 'flat' ? values.tiers.slice(0, 1) : values.tiers;
    const body: Wanted = {
      name: values.name.trim(), description: values.description.trim(), basis: values.basis as Wanted['basis'] & string,
      tiers: used.map((tier, i) => ({
        from: basis === 'flat' ? 0 : isMoney(basis) ? amountOf(`tiers.${i}`, tier.from, currency) : wholeOf(`tiers.${i}`, tier.from) ?? 0,
        price: amountOf(`tiers.${i}`, tier.price, currency),
      })),
      free_from: amountOrNull('free_from', values.free_from, currency), min_days: wholeOf('min_days', values.min_days), max_days: wholeOf('max_days', values.max_days),
      countries: values.countries, is_active: values.is_active, position: method?.position ?? next,
    };
    await save(method, body);
    onClose();
  });

  return (
    <Dialog title={method ? method.name : t.shipping.new} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="name" label={t.name} hint={t.shipping.nameHint} maxLength={100} autofocus />
          <CountryPicker label={t.shipping.where} hint={t.shipping.whereHint} chosen={form.values.countries} onChange={countries => form.set({ countries })} error={form.errorOf('countries')} />
          <Area form={form} name="description" label={t.shipping.description} rows={2} maxLength={500} placeholder={t.optional} />
          <Radios form={form} name="basis" label={t.shipping.basis} options={(['flat', 'weight', 'subtotal'] as const).map(value => [value, t.shipping.bases[value]])} />
          <Tiers basis={basis} tiers={tiers} errorOf={form.errorOf} onChange={tiers => form.set({ tiers })} />
          <Text form={form} name="free_from" label={t.shipping.freeFromLabel} hint={t.shipping.freeFromHint} inputMode="decimal" placeholder={t.shipping.never} />
          <div class="grid-2">
            <Text form={form} name="min_days" label={t.shipping.minDays} inputMode="numeric" placeholder={t.optional} />
            <Text form={form} name="max_days" label={t.shipping.maxDays} inputMode="numeric" placeholder={t.optional} />
          </div>
          <Check form={form} name="is_active" label={t.shipping.active} />
          <FormAlert form={form} />
        </div>
        <footer>
          {method && <Button look="quiet" class="at-start" onClick={() => { onClose(); void remove(method); }}>{t.remove}</Button>}
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" look="primary" busy={form.busy}>{t.save}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

function Tiers({ basis, tiers, errorOf, onChange }: { basis: string; tiers: TierValues[]; errorOf: (name: string) => string | undefined; onChange: (tiers: TierValues[]) => void }) {
  const set = (at: number, changes: Partial<TierValues>) => onChange(tiers.map((tier, i) => (i === at ? { ...tier, ...changes } : tier)));
  const shown = basis === 'flat' ? tiers.slice(0, 1) : tiers;
  const error = errorOf('tiers') ?? shown.map((_, i) => errorOf(`tiers.${i}`)).find(Boolean);
  return (
    <fieldset class="field">
      <legend>{basis === 'flat' ? t.shipping.price : t.shipping.steps}</legend>
      {shown.map((tier, i) => (
        <div class="tier" key={i}>
          {basis !== 'flat' && (
            <label>{basis === 'weight' ? t.shipping.fromGrams : t.shipping.fromSubtotal}<input type="text" inputMode="decimal" value={tier.from} aria-invalid={error !== undefined} onInput={event => set(i, { from: event.currentTarget.value })} /></label>
          )}
          <label>{basis === 'flat' ? <span class="unseen">{t.shipping.price}</span> : t.shipping.price}<input type="text" inputMode="decimal" value={tier.price} aria-invalid={error !== undefined} onInput={event => set(i, { price: event.currentTarget.value })} /></label>
          {basis !== 'flat' && <button type="button" class="icon" aria-label={t.shipping.removeStep(count(i + 1))} disabled={tiers.length < 2} onClick={() => onChange(tiers.filter((_, j) => j !== i))}>×</button>}
        </div>
      ))}
      {error && <p class="wrong">{error}</p>}
      {basis !== 'flat' && <div><Button look="quiet" icon="plus" onClick={() => onChange([...tiers, { from: '', price: '' }])}>{t.shipping.addStep}</Button></div>}
    </fieldset>
  );
}

async function save(method: Method | null, body: Wanted) {
  const saved = method
    ? await api('put', '/admin/shipping-methods/{shipping_method_id}', { path: { shipping_method_id: method.id }, body })
    : await api('post', '/admin/shipping-methods', { body });
  await act({ send: async () => saved, done: t.shipping.saved(body.name, placesOf(body.countries ?? []), daysOf(body)), failed: t.notSaved, refresh: ['shipping:'] });
}

/** Orders keep the name and the price, so it can come back as another one with the same content. */
const remove = (method: Method) => act({
  apply: () => change<Method[]>(list_key, methods => methods.filter(one => one !== method)),
  send: () => api('delete', '/admin/shipping-methods/{shipping_method_id}', { path: { shipping_method_id: method.id } }),
  undo: { what: t.undoOf.removal(method.name), run: () => api('post', '/admin/shipping-methods', { body: wantedOf(method) }) },
  done: t.removed(method.name), failed: t.notRemoved, refresh: ['shipping:'], row: method.id,
});
