/** Many products at once: prices, category, stock, in or out of the shop. All of them change, or none. */
import { useState } from 'preact/hooks';
import { api, newIdempotencyKey, type Schemas } from '../api.js';
import { amountOf, FormAlert, FormError, Radios, Text, useForm, wholeOf } from '../form.js';
import { useSession } from '../session.js';
import { changeRows } from '../store.js';
import { t } from '../texts.js';
import { act } from '../toasts.js';
import { Button, Dialog } from '../ui.js';
import { product_keys, restore, type Restored } from './product_change.js';
import type { Product } from './product_list.js';

type Change = Schemas['BulkChange'];
type Changed = Schemas['ProductChanged'];

const ids_max = 1000; // of one call

/** Returns the products as they have become. */
async function send(rows: Product[], change: Change): Promise<Changed[]> {
  const changed: Changed[] = [];
  for (let i = 0; i < rows.length; i += ids_max) {
    const ids = rows.slice(i, i + ids_max).map(({ id }) => id);
    changed.push(...await api('post', '/admin/products/bulk', { body: { ids, change }, key: newIdempotencyKey() }));
  }
  return changed;
}

const at_once = 4;

/** Gives each product back what it had. Those that somebody has changed meanwhile are left, and named. */
const restoring = (rows: Product[], field: Restored) => async (changed: Changed[]): Promise<string | undefined> => {
  const became = new Map(changed.map(row => [row.id, row[field]]));
  const queue = rows.filter(row => became.get(row.id) !== row[field]), left: string[] = [];
  const work = async () => {
    for (let row = queue.shift(); row; row = queue.shift()) if (!(await restore(row, field, became.get(row.id)!))) left.push(row.name);
  };
  await Promise.all(Array.from({ length: at_once }, work));
  return left.length > 0 ? t.product.undoLeft(left) : undefined;
};

const run = (rows: Product[], change: Change, what: string, undo: (changed: Changed[]) => Promise<unknown>, guess: (row: Product) => Partial<Product>) => act({
  apply: () => changeRows<Product>('products:', rows.map(({ id }) => id), row => ({ ...row, ...guess(row) })),
  send: () => send(rows, change), undo: { what, run: undo }, done: t.product.bulkDone(rows.length), failed: t.product.bulkFailed, refresh: [...product_keys, 'categories'],
});

export function ProductBulk({ rows, clear }: { rows: Product[]; clear: () => void }) {
  const [open, setOpen] = useState<'price' | 'category' | 'stock' | null>(null);
  const setActive = (is_active: boolean) => {
    clear();
    void run(rows, { is_active }, t.undoOf.active(t.products(rows.length), is_active), restoring(rows, 'is_active'), () => ({ is_active }));
  };
  const close = () => setOpen(null), done = () => { close(); clear(); };
  return (
    <div class="bulk" role="region" aria-label={t.actions}>
      <strong aria-live="polite">{t.picked(rows.length)}</strong>
      <Button onClick={() => setOpen('price')}>{t.product.price}</Button>
      <Button onClick={() => setOpen('category')}>{t.product.category}</Button>
      <Button onClick={() => setOpen('stock')}>{t.product.stock}</Button>
      {rows.some(row => row.is_active) && <Button onClick={() => setActive(false)}>{t.product.takeOutShort}</Button>}
      {rows.some(row => !row.is_active) && <Button onClick={() => setActive(true)}>{t.product.bringBackShort}</Button>}
      <Button look="quiet" onClick={clear}>{t.clear}</Button>
      {open === 'price' && <PriceDialog rows={rows} onClose={close} done={done} />}
      {open === 'category' && <CategoryDialog rows={rows} onClose={close} done={done} />}
      {open === 'stock' && <StockDialog rows={rows} onClose={close} done={done} />}
    </div>
  );
}

interface DialogProps {
  rows: Product[];
  onClose: () => void;
  done: () => void;
}

/** A price by ten-thousandths, to the nearest minor unit. */
const raised = (price: number, e4: number) => Math.round((price * (10_000 + e4)) / 10_000);

function PriceDialog({ rows, onClose, done }: DialogProps) {
  const { currency } = useSession();
  const form = useForm({ by: 'lower', percent: '', price: '' });
  const { by } = form.values;
  const submit = form.submit(async values => {
    const percent = Number(values.percent.trim().replace(',', '.').replace(/\s*%$/, ''));
    if (by !== 'same' && !(percent > 0 && percent <= 1000)) throw new FormError('percent', t.taxes.rateWrong);
    const e4 = Math.round(percent * 100) * (by === 'lower' ? -1 : 1);
    const change: Change = by === 'same' ? { price: amountOf('price', values.price, currency) } : { price_e4: e4 };
    done();
    await run(rows, change, t.undoOf.prices(rows.length), restoring(rows, 'price'), row => ({ price: change.price ?? Math.max(0, raised(row.price, e4)) }));
  });
  return (
    <Dialog title={t.product.pricesOf(rows.length)} onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <div class="dialog-body stack">
          <Radios form={form} name="by" label={t.product.pickedPrice} options={[['lower', t.product.lower], ['raise', t.product.raise], ['same', t.product.samePrice]]} />
          {by === 'same'
            ? <Text form={form} name="price" label={t.product.price} inputMode="decimal" maxLength={24} />
            : <Text form={form} name="percent" label={t.product.percent} inputMode="decimal" maxLength={8} />}
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.product.changeMany(rows.length)}</Button></footer>
      </form>
    </Dialog>
  );
}

function CategoryDialog({ rows, onClose, done }: DialogProps) {
  const form = useForm({ category: '' });
  const submit = form.submit(async ({ category }) => {
    if (category.trim() === '') throw new FormError('category', t.errors.needed);
    done();
    await run(rows, { category: category.trim() }, t.undoOf.category(rows.length), restoring(rows, 'category'), () => ({ category: category.trim() }));
  });
  return (
    <Dialog title={t.product.categoryOf(rows.length)} onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <div class="dialog-body stack"><Text form={form} name="category" label={t.product.category} hint={t.product.categoryHint} maxLength={100} autofocus /><FormAlert form={form} /></div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.product.changeMany(rows.length)}</Button></footer>
      </form>
    </Dialog>
  );
}

function StockDialog({ rows, onClose, done }: DialogProps) {
  const form = useForm({ delta: '', reason: '' });
  const submit = form.submit(async ({ delta, reason }) => {
    const stock_delta = wholeOf('stock_delta', delta.replace(/^\+/, '').replace('−', '-'));
    if (!stock_delta) throw new FormError('stock_delta', t.errors.needed);
    done();
    await run(rows, { stock_delta, ...(reason.trim() ? { reason: reason.trim() } : {}) }, t.undoOf.stock(t.products(rows.length)), async () => void await send(rows, { stock_delta: -stock_delta, reason: t.undo }), row => ({ stock_quantity: row.stock_quantity + stock_delta }));
  });
  return (
    <Dialog title={t.product.stockOf(rows.length)} onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <div class="dialog-body stack">
          <Text form={{ ...form, errorOf: () => form.errorOf('stock_delta') }} name="delta" label={t.product.adjustBy} hint={t.product.adjustHint} inputMode="text" maxLength={16} autofocus />
          <Text form={form} name="reason" label={t.product.reason} placeholder={t.optional} maxLength={200} />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.product.changeMany(rows.length)}</Button></footer>
      </form>
    </Dialog>
  );
}
