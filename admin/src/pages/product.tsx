/** One product: its texts and price, its pictures, and how much of it there is. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { api, ApiError, apiPage } from '../api.js';
import { FormAlert, useForm } from '../form.js';
import { href, useUnsaved } from '../router.js';
import { useCan, useSession } from '../session.js';
import { refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, LinkButton, Loaded, PageFrame, Trouble } from '../ui.js';
import { product_keys, setActive } from './product_change.js';
import { changesOf, ProductFields, valuesOf } from './product_fields.js';
import { StateBadge, type Product } from './product_list.js';
import { Pictures } from './product_pictures.js';
import { Stock } from './product_stock.js';

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
