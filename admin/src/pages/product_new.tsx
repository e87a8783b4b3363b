/** A new product. Its pictures are sent while its name is still being typed. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { Check, FormAlert, Text, together, useForm, wholeOf } from '../form.js';
import { dropUnsaved, go, useUnsaved } from '../router.js';
import { useSession } from '../session.js';
import { refresh } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, PageFrame, Section } from '../ui.js';
import { pictureOf } from './picture.js';
import { product_keys } from './product_change.js';
import { fieldsOf, noProduct, ProductFields } from './product_fields.js';
import { DropZone } from './product_pictures.js';

export function NewProduct() {
  const { currency } = useSession();
  const form = useForm(noProduct), more = useForm({ stock: '', visible: true });
  const { visible } = more.values;
  const [media, setMedia] = useState<Schemas['Media'][]>([]);
  useUnsaved(form.isChanged || more.isChanged || media.length > 0);
  const add = async (more: Schemas['Media'][]) => setMedia(now => [...now, ...more.filter(({ hash }) => !now.some(one => one.hash === hash))]);
  const send = form.submit(async (values, key) => {
    const { fields, stock_quantity } = together<{ fields: ReturnType<typeof fieldsOf>; stock_quantity: number }>({
      fields: () => fieldsOf(values, currency), stock_quantity: () => wholeOf('stock_quantity', more.values.stock) ?? 0,
    });
    const product = await api('post', '/products', { body: { ...fields, stock_quantity }, key });
    if (!visible) await api('patch', '/products/{product_id}', { path: { product_id: product.id }, body: { is_active: false } });
    if (media.length > 0) await api('put', '/products/{product_id}/images', { path: { product_id: product.id }, body: { images: media.map(({ hash }) => ({ media: hash })) } });
    void refresh(...product_keys, 'categories');
    say(visible ? t.product.created(product.name) : t.product.createdOut(product.name));
    dropUnsaved();
    go(`products/${product.id}`);
  });
  return (
    <PageFrame title={t.product.new} back={{ href: '#/products', text: t.product.title }} narrow>
      <Section title={t.product.pictures}>
        {media.length > 0 && (
          <ul class="pictures">
            {media.map((one, i) => (
              <li key={one.hash}>
                <img src={pictureOf(one.sizes[0]?.url ?? one.url) ?? ''} alt={t.product.picture(i + 1)} width={160} height={160} />
                <button type="button" class="icon" aria-label={t.product.removePicture(i + 1)} onClick={() => setMedia(media.filter(other => other !== one))}>×</button>
              </li>
            ))}
          </ul>
        )}
        <DropZone add={add} />
      </Section>
      <form noValidate onSubmit={send} class="stack roomy">
        <ProductFields form={form} />
        <Section title={t.product.stock}>
          <div class="stack">
            <Text form={{ ...more, errorOf: () => form.errorOf('stock_quantity') }} name="stock" label={t.product.startStock} inputMode="numeric" maxLength={16} placeholder="0" />
            <Check form={more} name="visible" label={t.product.visible} hint={visible ? t.product.visibleHint : t.product.hiddenHint} />
          </div>
        </Section>
        <FormAlert form={form} />
        <div class="actions save-bar"><Button type="submit" look="primary" busy={form.busy}>{visible ? t.product.saveVisible : t.product.saveHidden}</Button></div>
      </form>
    </PageFrame>
  );
}
