/** How much there is of a product. A delivery and a count are both sent as a difference, so that a sale in between is not lost. */
import { useRef, useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { FormAlert, FormError, Text, useForm, wholeOf } from '../form.js';
import { useCan } from '../session.js';
import { useQuery } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, Section, Segments } from '../ui.js';
import { adjustStock } from './product_change.js';
import type { Product } from './product_list.js';

type Shelf = Schemas['ProductStock'];

export function Stock({ product }: { product: Product }) {
  const can = useCan();
  const shelf = useQuery(`product:${product.id}:stock:${product.stock_quantity}`, () => api('get', '/products/{product_id}/stock', { path: { product_id: product.id } })).data;
  const lines: [string, number | null][] = [
    [t.product.canBuy, product.stock_quantity], [t.product.heldUnpaid, shelf?.held_unpaid ?? null], [t.product.heldUnsent, shelf?.held_unsent ?? null], [t.product.onShelf, shelf?.on_shelf ?? null],
  ];
  return (
    <Section title={t.product.stock}>
      <dl class="totals full">
        {lines.map(([name, n], i) => <div key={name} class={i === 3 ? 'grand' : undefined}><dt>{name}</dt><dd>{n ?? '–'}</dd></div>)}
      </dl>
      {can('products:write') && <StockForm product={product} shelf={shelf} />}
    </Section>
  );
}

const empty = { by: { delta: '', counted: '', reason: '' }, count: { delta: '', counted: '', reason: t.product.stockTake } };
type Way = keyof typeof empty;

function deltaOf(typed: string): number {
  const delta = wholeOf('delta', typed.replace(/^\+/, '').replace('−', '-'));
  if (!delta) throw new FormError('delta', t.errors.needed);
  return delta;
}

/** The difference between a count and what should be on the shelf. The orders that are not sent have their part of it. */
function differenceOf(typed: string, product: Product, shelf: Shelf | undefined): number {
  const counted = wholeOf('counted', typed);
  if (counted === null || counted < 0) throw new FormError('counted', t.product.countWrong);
  if (shelf?.on_shelf == null) throw new FormError('counted', t.product.countUnknown);
  const difference = counted - shelf.on_shelf;
  if (product.stock_quantity + difference < 0) throw new FormError('counted', t.product.countHeld(shelf.on_shelf - shelf.stock_quantity));
  return difference;
}

/** What comes of a count, in words; what it means to count while there is nothing to say. */
function countHint(typed: string, product: Product, shelf: Shelf | undefined): string {
  try {
    const difference = differenceOf(typed, product, shelf);
    return t.product.countMeans(difference, shelf!.on_shelf!, product.stock_quantity + difference);
  } catch {
    return t.product.countHint(shelf?.on_shelf ?? null);
  }
}

function StockForm({ product, shelf }: { product: Product; shelf: Shelf | undefined }) {
  const [way, setWay] = useState<Way>('by');
  const form = useForm(empty.by);
  const seen = useRef(shelf); // as it was when the clerk began to type
  if (form.values.counted === '') seen.current = shelf;
  const turn = (next: Way) => {
    setWay(next);
    form.reset(empty[next]);
  };
  const send = form.submit(async values => {
    const delta = way === 'by' ? deltaOf(values.delta) : differenceOf(values.counted, product, seen.current);
    form.reset(empty[way]);
    if (delta === 0) return say(t.product.countRight(product.name, seen.current!.on_shelf!));
    if (!(await adjustStock(product, delta, values.reason.trim()))) form.set(values);
  });
  return (
    <form noValidate onSubmit={send} class="stack after">
      <Segments label={t.product.adjust} options={[['by', t.product.byDifference], ['count', t.product.byCount]]} value={way} onChange={turn} />
      {way === 'by'
        ? <Text form={form} name="delta" label={t.product.adjustBy} hint={t.product.adjustHint} inputMode="text" maxLength={16} />
        : <Text form={form} name="counted" label={t.product.counted} hint={countHint(form.values.counted, product, seen.current)} inputMode="numeric" maxLength={16} placeholder={String(shelf?.on_shelf ?? '')} />}
      <Text form={form} name="reason" label={t.product.reason} placeholder={t.optional} maxLength={200} />
      <FormAlert form={form} />
      <div class="actions"><Button type="submit" busy={form.busy}>{way === 'by' ? t.product.adjust : t.product.setCount}</Button></div>
    </form>
  );
}
