/** One product: its texts and price, its pictures, and how much of it there is. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError, apiPage, type Schemas } from '../api.js';
import { FormAlert, FormError, Text, useForm, wholeOf } from '../form.js';
import { href, useUnsaved } from '../router.js';
import { useCan, useSession } from '../session.js';
import { refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, LinkButton, Loaded, PageFrame, Section, Segments, Trouble } from '../ui.js';
import { adjustStock, product_keys, setActive, setStock } from './product_change.js';
import { changesOf, ProductFields, valuesOf } from './product_fields.js';
import { StateBadge, type Product } from './product_list.js';
import { Pictures } from './product_pictures.js';

const back = { href: '#/products', text: t.product.title };

export function ProductPage({ id }: { id: string }) {
  const query = useQuery(`product:${id}`, async () => (await apiPage('/admin/products', { query: { q: id, limit: 1 } })).rows.find(row => row.id === id) ?? Promise.reject(new ApiError(404, '')));
  if (!query.data) return <PageFrame title={t.product.title} back={back}>{query.error ? <Trouble error={query.error} retry={() => void query.reload()} /> : <Loaded query={query}>{() => null}</Loaded>}</PageFrame>;
  return <ProductShown product={query.data} />;
}

function ProductShown({ product }: { product: Product }) {
  const can = useCan(), { currency } = useSession(), form = useForm(valuesOf(product, currency));
  useUnsaved(form.isChanged);
  const begun = useRef(product); // as it was when the clerk began to type: the rest is somebody else's to change
  useLayoutEffect(() => {
    if (form.isChanged) return;
    form.reset(valuesOf(product, currency));
    begun.current = product;
  }, [product]);
  const send = form.submit(async values => {
    const body = changesOf(values, begun.current, currency);
    const saved = await api('patch', '/products/{product_id}', { path: { product_id: product.id }, body });
    say(t.saved);
    form.reset(values);
    begun.current = { ...begun.current, ...body };
    void refresh(...product_keys, 'categories');
    return saved;
  });
  return (
    <PageFrame title={product.name} back={back} badge={<StateBadge product={product} />} actions={<>
      {can('audit:read') && <LinkButton icon="audit" href={href('audit', { target: product.id, of: 'products' })}>{t.product.history}</LinkButton>}
      {can('products:write') && <Button onClick={() => void setActive(product, !product.is_active)}>{product.is_active ? t.product.takeOut : t.product.bringBack}</Button>}
    </>}>
      {!product.is_active && <p class="hint under">{t.product.outHint}</p>}
      <div class="columns">
        <div class="main-column">
          <Pictures product={product} />
          <form noValidate onSubmit={send} class="stack roomy">
            <ProductFields form={form} />
            <FormAlert form={form} />
            {can('products:write') && (
              <div class="actions save-bar">
                <Button type="submit" look="primary" busy={form.busy}>{t.save}</Button>
                {form.isChanged && <Button look="quiet" onClick={() => form.reset(valuesOf(product, currency))}>{t.discard}</Button>}
              </div>
            )}
          </form>
        </div>
        <div class="side-column"><Stock product={product} /></div>
      </div>
    </PageFrame>
  );
}

function Stock({ product }: { product: Product }) {
  const can = useCan();
  const query = useQuery<Schemas['ProductStock']>(`product:${product.id}:stock:${product.stock_quantity}`, () => api('get', '/products/{product_id}/stock', { path: { product_id: product.id } }));
  const form = useForm({ delta: '', reason: '' });
  const [by, setBy] = useState<'add' | 'set'>('add');
  const seen = useRef<Product | null>(product); // as it was when the clerk began to type
  if (!seen.current || form.values.delta === '') seen.current = product;
  const send = form.submit(async ({ delta, reason }) => {
    if (by === 'set') {
      const count = wholeOf('delta', delta);
      if (count === null || count < 0) throw new FormError('delta', t.product.setWrong);
      try {
        await setStock(seen.current ?? product, count);
      } catch (error) {
        seen.current = null;
        throw error;
      }
      return form.reset({ delta: '', reason: '' });
    }
    const number = wholeOf('delta', delta.replace(/^\+/, '').replace('−', '-'));
    if (!number) throw new FormError('delta', t.errors.needed);
    form.reset({ delta: '', reason: '' });
    if (!(await adjustStock(product, number, reason.trim()))) form.set({ delta, reason });
  });
  const shown = query.data, lines: [string, number | null][] = [
    [t.product.canBuy, product.stock_quantity], [t.product.heldUnpaid, shown?.held_unpaid ?? null], [t.product.heldUnsent, shown?.held_unsent ?? null], [t.product.onShelf, shown?.on_shelf ?? null],
  ];
  return (
    <Section title={t.product.stock}>
      <dl class="totals full">
        {lines.map(([name, n], i) => <div key={name} class={i === 3 ? 'grand' : undefined}><dt>{name}</dt><dd>{n ?? '–'}</dd></div>)}
      </dl>
      {can('products:write') && (
        <form noValidate onSubmit={send} class="stack after">
          <Segments label={t.product.adjust} options={[['add', t.product.byDifference], ['set', t.product.byCount]]} value={by} onChange={next => { setBy(next); form.reset({ delta: '', reason: '' }); }} />
          {by === 'add' ? (
            <>
              <Text form={form} name="delta" label={t.product.adjustBy} hint={t.product.adjustHint} inputMode="text" maxLength={16} />
              <Text form={form} name="reason" label={t.product.reason} placeholder={t.optional} maxLength={200} />
            </>
          ) : (
            <Text form={form} name="delta" label={t.product.setTo} hint={t.product.setHint((shown?.held_unpaid ?? 0) + (shown?.held_unsent ?? 0))} inputMode="numeric" maxLength={16} placeholder={String(product.stock_quantity)} />
          )}
          <FormAlert form={form} />
          <div class="actions"><Button type="submit" busy={form.busy}>{by === 'add' ? t.product.adjust : t.product.setStock}</Button></div>
        </form>
      )}
    </Section>
  );
}
