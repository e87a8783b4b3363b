/** Products: found, sorted, and their prices and stock changed in place. */
import { useEffect, useState } from 'preact/hooks';
import { api, apiPage, type QueryOf, type Schemas } from '../api.js';
import { money, plainMoney } from '../format.js';
import { href, setQuery, usePlace } from '../router.js';
import { useCan, useSession } from '../session.js';
import { useList, useOnce } from '../store.js';
import { t } from '../texts.js';
import { Badge, Empty, LinkButton, ListTable, PageFrame, SearchBox, Tabs, type Column } from '../ui.js';
import { InlineEdit } from './inline.js';
import { Picture } from './picture.js';
import { changePrice, changeStock } from './product_change.js';
import { ProductExport } from './product_export.js';
import { ProductBulk } from './product_bulk.js';

export type Product = Schemas['DeskProduct'];
type ProductQuery = QueryOf<'/admin/products'>;
type Sort = keyof typeof t.product.sorts;

const views = Object.entries(t.product.view);
const low_stock = 5; // fewer than this, for a role that may not read what the shop has set

export const StateBadge = ({ product }: { product: Product }) => {
  if (!product.is_active) return <Badge tone="dull">{t.product.takenOut}</Badge>;
  return product.stock_quantity === 0 ? <Badge tone="bad">{t.product.soldOut}</Badge> : <Badge tone="good">{t.product.inShop}</Badge>;
};

function useColumns(): Column<Product>[] {
  const { currency } = useSession(), can = useCan();
  const edits = can('products:write');
  return [
    { head: t.product.name, kind: 'wide', phone: 'first', cell: product => <span class="named"><Picture url={product.image_url} /><a class="strong cut" data-open href={href(`products/${product.id}`)}>{product.name}</a></span> },
    { head: t.product.category, phone: 'left', cell: product => <span class="soft">{product.category}</span> },
    { head: t.product.price, kind: 'number', phone: 'aside', cell: product => (edits
      ? <InlineEdit mark="e" label={t.product.editPrice(product.name)} text={money(product.price, currency)} value={plainMoney(product.price, currency)} inputMode="decimal" save={typed => changePrice(product, typed, currency)} />
      : money(product.price, currency)) },
    { head: t.product.stock, kind: 'number', phone: 'right', unit: t.product.inStock, cell: product => (edits
      ? <InlineEdit mark="s" label={t.product.editStock(product.name)} text={String(product.stock_quantity)} value={String(product.stock_quantity)} inputMode="text" save={typed => changeStock(product, typed)} />
      : product.stock_quantity) },
    { head: t.status, kind: 'tight', phone: 'alert', cell: product => <StateBadge product={product} /> },
  ];
}

function queryOf(query: URLSearchParams, lowAt: number): ProductQuery {
  const view = query.get('view'), sort = query.get('sort') as Sort | null;
  return {
    q: query.get('q') ?? '', category: query.get('category') ?? '', ...(sort ? { sort } : {}),
    ...(view === 'active' ? { active: true } : view === 'out' ? { active: false } : view === 'low' ? { active: true, stock_below: lowAt } : {}),
  };
}

export function ProductList() {
  const { query } = usePlace(), can = useCan();
  const settings = useOnce('settings', async () => (can('settings:write') ? api('get', '/admin/settings') : null));
  const categories = useOnce('categories', () => api('get', '/categories'));
  const asked = queryOf(query, Number(query.get('below')) || (settings?.low_stock_below ?? low_stock)), key = `products:list:${JSON.stringify(asked)}`;
  const list = useList(key, after => apiPage('/admin/products', { query: asked }, after));
  const [picked, pick] = useState(new Set<string>());
  useEffect(() => pick(new Set()), [key]);
  const isSearched = query.has('q') || query.has('category'), view = query.get('view') as keyof typeof t.product.noneOf | null;
  const rows = list.data?.rows.filter(row => picked.has(row.id)) ?? [];
  const edits = can('products:write');
  const newButton = edits && <LinkButton look="primary" icon="plus" href="#/products/new" data-key="n">{t.product.new}</LinkButton>;
  return (
    <PageFrame title={t.product.title} actions={<>
      {edits && <LinkButton icon="upload" href="#/import">{t.product.import}</LinkButton>}
      <ProductExport query={asked} />
      {newButton}
    </>}>
      <Tabs label={t.product.views} tabs={views} current={query.get('view') ?? 'all'} hrefOf={tab => href('products', { ...Object.fromEntries(query), below: '', view: tab === 'all' ? '' : tab })} />
      <div class="filters">
        <SearchBox label={t.product.search} />
        <select aria-label={t.product.category} value={query.get('category') ?? ''} onChange={event => setQuery({ category: event.currentTarget.value || null })}>
          <option value="">{t.product.anyCategory}</option>{(categories ?? []).map(({ category }) => <option key={category} value={category}>{category}</option>)}
        </select>
        <select aria-label={t.product.sort} value={query.get('sort') ?? 'newest'} onChange={event => setQuery({ sort: event.currentTarget.value === 'newest' ? null : event.currentTarget.value })}>
          {Object.entries(t.product.sorts).map(([value, text]) => <option key={value} value={value}>{text}</option>)}
        </select>
      </div>
      <ListTable label={t.product.title} list={list} columns={useColumns()} idOf={row => row.id} nameOf={row => row.name} {...(edits ? { picked, pick } : {})}
        empty={!isSearched && view !== null ? <Empty icon="products" title={t.product.noneOf[view]} /> : isSearched ? <Empty icon="search" title={t.product.noneFound}>{t.product.noneFoundHint}</Empty> : <Empty icon="products" title={t.product.none} action={newButton}>{t.product.noneHint}</Empty>} />
      {rows.length > 0 && <ProductBulk rows={rows} clear={() => pick(new Set())} />}
    </PageFrame>
  );
}
