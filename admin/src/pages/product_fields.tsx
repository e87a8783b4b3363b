/** What can be typed of a product, for a new one and for one that is there. */
import { api, type Schemas } from '../api.js';
import { amountOf, Area, Check, neededOf, Text, together, wholeOf, type Form } from '../form.js';
import { moneySign, plainMoney } from '../format.js';
import { href } from '../router.js';
import { useSession } from '../session.js';
import { useOnce } from '../store.js';
import { t } from '../texts.js';
import { Section } from '../ui.js';
import type { Product } from './product_list.js';

export interface ProductValues {
  name: string;
  description: string;
  price: string;
  category: string;
  image_url: string;
  weight: string;
  ships: boolean;
  tax_class: string;
}

export const valuesOf = (product: Product, currency: string): ProductValues => ({
  name: product.name, description: product.description, price: plainMoney(product.price, currency), category: product.category, image_url: product.image_url,
  weight: String(product.weight_grams ?? ''), ships: product.ships, tax_class: product.tax_class,
});

export const noProduct: ProductValues = { name: '', description: '', price: '', category: '', image_url: '', weight: '', ships: true, tax_class: 'standard' };

type Fields = Required<Pick<Schemas['ProductCreate'], 'name' | 'description' | 'price' | 'category' | 'image_url' | 'weight_grams' | 'ships' | 'tax_class'>>;

/** What the API takes of the values. Throws all that is wrong with them. */
export const fieldsOf = (values: ProductValues, currency: string): Fields => together<Fields>({
  name: () => neededOf('name', values.name),
  description: () => values.description.trim(),
  price: () => amountOf('price', neededOf('price', values.price), currency),
  category: () => neededOf('category', values.category),
  image_url: () => values.image_url.trim(),
  weight_grams: () => wholeOf('weight_grams', values.weight),
  ships: () => values.ships,
  tax_class: () => values.tax_class.trim() || 'standard',
});

/** Only what is not as it was: what somebody else changed meanwhile stays. */
export function changesOf(values: ProductValues, product: Product, currency: string): Schemas['ProductUpdate'] {
  const fields = fieldsOf(values, currency);
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => product[name as keyof Fields] !== value));
}

export function ProductFields({ form }: { form: Form<ProductValues> }) {
  const { currency } = useSession();
  const categories = useOnce('categories', () => api('get', '/categories'));
  return (
    <>
      <Section title={t.product.about}>
        <div class="stack">
          <Text form={form} name="name" label={t.product.name} maxLength={200} />
          <Area form={form} name="description" label={t.product.description} rows={6} maxLength={10000} />
          <div class="grid-2">
            <Text form={form} name="price" label={t.product.price} inputMode="decimal" maxLength={24} sign={moneySign(currency)} />
            <Text form={form} name="category" label={t.product.category} hint={t.product.categoryHint} maxLength={100} list="categories" />
          </div>
          <datalist id="categories">{(categories ?? []).map(({ category }) => <option key={category} value={category} />)}</datalist>
          <details><summary>{t.product.pictureUrl}</summary><Text form={form} name="image_url" label={t.product.pictureUrl} hint={t.product.pictureUrlHint} maxLength={2000} spellcheck={false} /></details>
        </div>
      </Section>
      <Section title={t.product.shippingTitle}>
        <div class="stack">
          <Check form={form} name="ships" label={t.product.ships} hint={t.product.shipsHint} />
          <div class="grid-2">
            <Text form={{ ...form, errorOf: () => form.errorOf('weight_grams') }} name="weight" label={t.product.weight} hint={t.product.weightHint} inputMode="numeric" maxLength={10} />
            <Text form={form} name="tax_class" label={t.product.taxClass} hint={<>{t.product.taxClassHint} <a href={href('taxes')}>{t.taxes.title}</a></>} maxLength={40} list="classes" />
          </div>
          <datalist id="classes"><option value="standard" /><option value="reduced" /></datalist>
        </div>
      </Section>
    </>
  );
}
