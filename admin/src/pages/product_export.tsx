/** The products of the list, as a file for a spreadsheet or for the next import. */
import { useState } from 'preact/hooks';
import { apiPage, type QueryOf } from '../api.js';
import { csvOf } from '../csv.js';
import { t } from '../texts.js';
import { reasonOf, sayError } from '../toasts.js';
import { Button } from '../ui.js';
import { saveFile } from './order_list.js';
import type { Product } from './product_list.js';

const columns: (keyof Product)[] = ['id', 'name', 'description', 'price', 'stock_quantity', 'category', 'image_url', 'weight_grams', 'ships', 'tax_class'];
const page_rows = 500;

export function ProductExport({ query }: { query: QueryOf<'/admin/products'> }) {
  const [read, setRead] = useState<number | null>(null);
  const run = async () => {
    if (read !== null) return;
    setRead(0);
    const rows: Product[] = [];
    try {
      const load = (after: number | null) => apiPage('/admin/products', { query: { ...query, limit: page_rows } }, after);
      for (let page = await load(null); ; page = await load(page.next)) {
        rows.push(...page.rows);
        setRead(rows.length);
        if (page.next === null) break;
      }
      saveFile('products.csv', new Blob([csvOf(columns, rows)], { type: 'text/csv' }));
    } catch (error) {
      sayError(`${t.order.exportFailed}: ${reasonOf(error)}`);
    }
    setRead(null);
  };
  return <Button icon="download" busy={read !== null} onClick={() => void run()}>{read ? `${t.product.export} … ${read}` : t.product.export}</Button>;
}
