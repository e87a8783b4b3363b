import { newest } from '@/lib/catalogue';
import { ProductGrid } from './product-card';

const SHOWN = 4;

/** What is new, below a page that has nothing to show. Nothing if Till cannot be asked. */
export async function LeadOn() {
  const products = (await newest(3 * SHOWN).catch(() => [])).filter(({ stock_quantity }) => stock_quantity > 0).slice(0, SHOWN);
  return products.length > 0 && (
    <section className="pt-8">
      <h2 className="mb-6 text-2xl font-bold tracking-tight">Just in</h2>
      <ProductGrid products={products} wide />
    </section>
  );
}
