/** An order by phone or over the counter. */
import { useState } from 'preact/hooks';
import { api, apiPage, type Schemas } from '../api.js';
import { Area, Check, Choice, FormAlert, FormError, Radios, Stepper, Text, useForm, wholeOf } from '../form.js';
import { money } from '../format.js';
import { isMine } from '../live.js';
import { dropUnsaved, go, useUnsaved } from '../router.js';
import { useSession } from '../session.js';
import { refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, PageFrame, Section } from '../ui.js';
import { AddressFields, addressOfValues, noAddress } from './address.js';
import { Picture } from './picture.js';

type Product = Schemas['ProductRead'];
interface Line {
  product: Product;
  quantity: number;
}

export function NewOrder() {
  const { currency } = useSession();
  const [lines, setLines] = useState<Line[]>([]);
  const form = useForm({ email: '', note: '', hasAddress: true, method: '', payment: 'paid', payment_note: '', hold_days: '14' });
  const address = useForm(noAddress);
  const { hasAddress, payment } = form.values;
  useUnsaved(lines.length > 0 || form.isChanged || address.isChanged);
  const subtotal = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);

  const add = (product: Product) => setLines(now => (now.some(line => line.product.id === product.id)
    ? now.map(line => (line.product.id === product.id ? { ...line, quantity: line.quantity + 1 } : line))
    : [...now, { product, quantity: 1 }]));

  const send = form.submit(async (values, key) => {
    if (lines.length === 0) throw new FormError('items', t.newOrder.noItems);
    const days = payment === 'paid' ? null : wholeOf('hold_days', values.hold_days);
    const body: Schemas['PhoneOrderCreate'] = {
      items: lines.map(({ product, quantity }) => ({ product_id: product.id, quantity })),
      ...(values.email.trim() ? { email: values.email.trim() } : {}),
      ...(values.note.trim() ? { note: values.note.trim() } : {}),
      ...(hasAddress ? { shipping_address: addressOfValues(address.values) } : {}),
      ...(hasAddress && values.method ? { shipping_method_id: values.method } : {}),
      ...(payment === 'paid' ? { mark_paid: true, ...(values.payment_note.trim() ? { payment_note: values.payment_note.trim() } : {}) } : days === null ? {} : { hold_days: days }),
    };
    const { order } = await api('post', '/admin/orders', { body, key });
    isMine(order.id);
    void refresh('orders:', 'products:');
    say(t.newOrder.placed(order.number));
    dropUnsaved();
    go(`orders/${order.id}`);
  });

  return (
    <PageFrame title={t.newOrder.title} back={{ href: '#/orders', text: t.order.title }} narrow>
      <p class="hint">{t.newOrder.hint}</p>
      <form noValidate onSubmit={send} class="stack roomy">
        <Section title={t.order.items}>
          <ProductPicker onPick={add} />
          {form.errorOf('items') && <p class="wrong">{form.errorOf('items')}</p>}
          <ul class="lines">
            {lines.map(({ product, quantity }) => (
              <li key={product.id}>
                <Picture url={product.image_url} />
                <div class="line-name"><span>{product.name}</span><small class="soft">{money(product.price, currency)} · {t.newOrder.inStock(product.stock_quantity)}</small></div>
                <Stepper label={t.newOrder.quantityOf(product.name)} min={1} max={1_000_000} value={quantity} onChange={n => setLines(lines.map(line => (line.product.id === product.id ? { ...line, quantity: n } : line)))} />
                <Button look="quiet" icon="x" aria-label={t.newOrder.removeLine(product.name)} onClick={() => setLines(lines.filter(line => line.product.id !== product.id))} />
              </li>
            ))}
          </ul>
          {lines.length > 0 && <dl class="totals"><div class="grand"><dt>{t.order.subtotal}</dt><dd>{money(subtotal, currency)}</dd></div></dl>}
          {lines.length > 0 && <p class="hint">{t.newOrder.subtotalHint}</p>}
        </Section>
        <Section title={t.newOrder.customer}>
          <div class="stack">
            <Text form={form} name="email" label={t.email} type="email" maxLength={254} placeholder={t.optional} />
            <Check form={form} name="hasAddress" label={t.newOrder.withAddress} />
            {hasAddress && <AddressFields form={{ ...address, errorOf: name => form.errorOf(`shipping_address.${name}`) }} />}
            {hasAddress && <MethodChoice form={form} country={address.values.country} />}
            <Area form={form} name="note" label={t.newOrder.note} rows={2} maxLength={500} />
          </div>
        </Section>
        <Section title={t.newOrder.payment}>
          <div class="stack">
            <Radios form={form} name="payment" label={t.newOrder.payment} options={[['paid', t.newOrder.paidNow, t.newOrder.paidNowHint], ['later', t.newOrder.payLater, t.newOrder.payLaterHint]]} />
            {payment === 'paid'
              ? <Text form={form} name="payment_note" label={t.order.markPaidNote} hint={t.order.markPaidNoteHint} maxLength={200} />
              : <Text form={form} name="hold_days" label={t.newOrder.holdDays} inputMode="numeric" maxLength={2} />}
          </div>
        </Section>
        <FormAlert form={form} />
        <div class="actions"><Button type="submit" look="primary" busy={form.busy}>{t.newOrder.place}</Button></div>
      </form>
    </PageFrame>
  );
}

function MethodChoice({ form, country }: { form: ReturnType<typeof useForm<{ email: string; note: string; hasAddress: boolean; method: string; payment: string; payment_note: string; hold_days: string }>>; country: string }) {
  const methods = useQuery(`methods:${country}`, () => api('get', '/shipping-methods', country ? { query: { country } } : {}));
  if (!methods.data?.length) return null;
  return <Choice form={form} name="method" label={t.newOrder.method} options={[['', t.newOrder.methodNone], ...methods.data.map((method): [string, string] => [method.id, method.name])]} />;
}

/** Finds a product by what is typed. */
export function ProductPicker({ onPick }: { onPick: (product: Product) => void }) {
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<Product[]>([]);
  const [timer, setTimer] = useState(0);
  const { currency } = useSession();
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer);
    setTimer(setTimeout(async () => setFound(text.trim() ? (await apiPage('/products/search', { query: { q: text.trim(), limit: 6 } }).catch(() => ({ rows: [] }))).rows : []), 150));
  };
  const take = (product: Product) => {
    onPick(product);
    setTyped('');
    setFound([]);
  };
  return (
    <div class="picker">
      <label class="field"><span class="label">{t.newOrder.addProduct}</span>
        <input type="search" value={typed} placeholder={t.newOrder.addProductHint} autocomplete="off" maxLength={100} onInput={event => type(event.currentTarget.value)}
          onKeyDown={event => { if (event.key === 'Enter') { event.preventDefault(); if (found[0]) take(found[0]); } }} />
      </label>
      {found.length > 0 && (
        <ul class="picker-list">
          {found.map(product => (
            <li key={product.id}>
              <button type="button" onClick={() => take(product)}>
                <Picture url={product.image_url} /><span class="line-name">{product.name}<small class="soft">{product.stock_quantity > 0 ? t.newOrder.inStock(product.stock_quantity) : t.newOrder.soldOut}</small></span><span class="number">{money(product.price, currency)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
