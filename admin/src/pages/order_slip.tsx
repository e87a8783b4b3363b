/** Packing slips, one a page of paper, for as many orders as the address names. */
import { api } from '../api.js';
import { dateOnly } from '../format.js';
import { usePlace } from '../router.js';
import { useCan } from '../session.js';
import { useOnce, useQuery } from '../store.js';
import { t } from '../texts.js';
import { Button, Loaded, PageFrame } from '../ui.js';
import { AddressLines } from './address.js';
import type { DeskOrder } from './order.js';
import { leftOf } from './order_ship.js';

const slips_max = 100;

export function Slips() {
  const ids = (usePlace().query.get('ids') ?? '').split(',').filter(Boolean).slice(0, slips_max);
  const can = useCan();
  const settings = useOnce('settings', async () => (can('settings:write') ? api('get', '/admin/settings') : null));
  const query = useQuery(`slips:${ids.join()}`, () => Promise.all(ids.map(order_id => api('get', '/admin/orders/{order_id}', { path: { order_id } }))));
  return (
    <PageFrame title={ids.length === 1 ? t.order.slip : t.order.slips} back={{ href: ids.length === 1 ? `#/orders/${ids[0]}` : '#/orders', text: t.order.title }}
      actions={<Button look="primary" icon="print" data-key="e" onClick={() => print()}>{t.order.print}</Button>}>
      <Loaded query={query}>
        {orders => <div class="slips">{orders.map(desk => <Slip key={desk.order.id} desk={desk} shop={settings?.shop_name ?? ''} address={settings?.shop_address ?? ''} />)}</div>}
      </Loaded>
    </PageFrame>
  );
}

/** What is still to be sent; of an order that was sent, all of it. */
function Slip({ desk: { order }, shop, address }: { desk: DeskOrder; shop: string; address: string }) {
  const left = leftOf(order);
  const lines = left.length > 0 ? left.map(({ line, left }) => ({ line, n: left })) : order.items.map(line => ({ line, n: line.quantity }));
  return (
    <article class="slip">
      <header>
        <div><strong>{shop}</strong><p class="lines-of-text">{address}</p></div>
        <div class="slip-number"><strong>{t.order.one(order.number)}</strong><p>{dateOnly(order.created_at)}</p></div>
      </header>
      {order.shipping_address && <section><h2>{t.order.slipShipTo}</h2><AddressLines address={order.shipping_address} /></section>}
      <table>
        <thead><tr><th scope="col">{t.order.items}</th><th scope="col" class="number">{t.order.quantity}</th></tr></thead>
        <tbody>{lines.map(({ line, n }) => <tr key={line.line}><td>{line.name}</td><td class="number">{n}</td></tr>)}</tbody>
      </table>
      {order.note && <p class="said">{order.note}</p>}
      <footer>{t.order.slipThanks}</footer>
    </article>
  );
}
