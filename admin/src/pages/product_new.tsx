/** A new product. Its pictures are sent while its name is still being typed. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { FormAlert, Text, useForm, wholeOf } from '../form.js';
import { go } from '../router.js';
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
  const form = useForm(noProduct), stock = useForm({ stock: '' });
  const [media, setMedia] = useState<Schemas['Media'][]>([]);
  const add = async (more: Schemas['Media'][]) => setMedia(now => [...now, ...more.filter(({ hash }) => !now.some(one => one.hash === hash))]);
  const send = form.submit(async (values, key) => {
    const body = { ...fieldsOf(values, currency), stock_quantity: wholeOf('stock_quantity', stock.values.stock) ?? 0 };
    const product = await api('post', '/products', { body, key });
    if (media.length > 0) await api('put', '/products/{product_id}/images', { path: { product_id: product.id }, body: { images: media.map(({ hash }) => ({ media: hash })) } });
    void refresh(...product_keys, 'categories');
    say(t.product.created(product.name));
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
          <Text form={{ ...stock, errorOf: () => form.errorOf('stock_quantity') }} name="stock" label={t.product.startStock} inputMode="numeric" maxLength={16} placeholder="0" />
        </Section>
        <FormAlert form={form} />
        <div class="actions save-bar changed"><Button type="submit" look="primary" busy={form.busy}>{t.save}</Button></div>
      </form>
    </PageFrame>
  );
}
