/** `#/products`: the list, one product, and a new one. */
import { ProductPage } from './product.js';
import { NewProduct } from './product_new.js';
import { ProductList } from './product_list.js';

export function ProductPages({ rest: [id] }: { rest: string[] }) {
  if (id === undefined) return <ProductList />;
  return id === 'new' ? <NewProduct /> : <ProductPage id={id} />;
}
