/** Orders: views and filters, search, and what can be done with several at once. */
import { useEffect, useState } from 'preact/hooks';
import { addressOf, api, apiPage, newIdempotencyKey, queryText, type QueryOf, type Schemas } from '../api.js';
import { Check, FormAlert, Text, useForm } from '../form.js';
import { countryName, dayStart, money } from '../format.js';
import { href, setQuery, usePlace } from '../router.js';
import { useCan } from '../session.js';
import { changeRows, refresh, useList } from '../store.js';
import { t } from '../texts.js';
import { flash, reasonOf, say, sayError } from '../toasts.js';
import { Badge, Button, Dialog, Empty, LinkButton, ListTable, PageFrame, SearchBox, Tabs, Time, type Column, type Tone } from '../ui.js';
import { carriers } from './carriers.js';
import { MailOffHint } from './mail_off.js';

export type OrderRow = Schemas['OrderRow'];
type OrderQuery = QueryOf<'/admin/orders'>;
type View = keyof typeof t.order.view;

const tones: Record<OrderRow['status'], Tone> = {
  pending: 'wait', paid: 'info', shipped: 'good', delivered: 'good', cancelled: 'dull', expired: 'dull', refunded: 'dull',
};
const isPaid = ({ status }: OrderRow) => status === 'paid' || status === 'shipped' || status === 'delivered';

/** The status, and what happened to a part of the order. */
const Badges = ({ row }: { row: OrderRow }) => (
  <span class="badges">
    {!(row.status === 'paid' && row.refunded_amount > 0) && <Badge tone={tones[row.status]}>{t.order.status[row.status]}</Badge>}
    {isPaid(row) && row.refunded_amount > 0 && <Badge tone="info">{t.order.payment.partly_refunded}</Badge>}
    {row.is_partly_shipped && <Badge tone="wait">{t.order.fulfillment.partial}</Badge>}
  </span>
);

/** What went back of those orders that are still paid. */
export const refundedOf = (rows: OrderRow[]) => rows.filter(isPaid).reduce((sum, row) => sum + row.refunded_amount, 0);

const customerOf = (row: OrderRow) => row.name ?? row.email ?? t.order.guest;

/** Names that more than one email address has: these are shown with it. */
function sharedNames(rows: OrderRow[]): Set<string> {
  const mails = new Map<string, string>(), shared = new Set<string>();
  for (const { name, email } of rows) {
    if (name === null || email === null) continue;
    if ((mails.get(name) ?? email.toLowerCase()) !== email.toLowerCase()) shared.add(name);
    mails.set(name, email.toLowerCase());
  }
  return shared;
}

function Customer({ row, isShared }: { row: OrderRow; isShared: boolean }) {
  return <><span class="cut">{customerOf(row)}{row.country && <span class="soft"> · {countryName(row.country)}</span>}</span>{isShared && <small class="soft cut">{row.email}</small>}</>;
}

/** The columns of a list of these orders. */
export const orderColumns = (rows: OrderRow[], shared = sharedNames(rows)): Column<OrderRow>[] => [
  { head: t.order.number, phone: 'first', kind: 'tight', cell: row => <a class="mono strong" data-open href={href(`orders/${row.id}`)}>{row.number}</a> },
  { head: t.order.customer, kind: 'wide', phone: 'left', cell: row => <Customer row={row} isShared={row.name !== null && shared.has(row.name)} /> },
  { head: t.order.itemCount, kind: 'number', phone: 'off', cell: row => row.item_count },
  { head: t.order.total, kind: 'number', phone: 'aside', cell: row => money(row.total_amount, row.currency) },
  { head: t.status, kind: 'tight', phone: 'right', cell: row => <Badges row={row} /> },
  { head: t.order.date, kind: 'tight', cell: row => <span class="soft"><Time at={row.created_at} /></span> },
];

const views = Object.entries(t.order.view) as [View, string][];

type By = keyof typeof t.order.ofDays;
const isBy = (view: string): view is By => view in t.order.ofDays;

/** Midnight in UTC, so many days ago: the API's days are those of UTC. */
const daysAgo = (days: number) => new Date(Math.floor(Date.now() / day_ms - days) * day_ms).toISOString();
const day_ms = 86_400_000;

/** What the API is asked for a view. */
function queryOf(view: string, query: URLSearchParams): OrderQuery {
  if (isBy(view)) return { by: view, from: daysAgo(Number(query.get('days') ?? 30) - 1) };
  const of: OrderQuery = { q: query.get('q') ?? '' };
  if (view === 'unshipped') of.fulfillment = 'unshipped';
  else if (view !== 'all') of.status = view as OrderRow['status'];
  const from = dayStart(query.get('from') ?? ''), to = dayStart(query.get('to') ?? '', 1);
  return { ...of, ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

export function OrderList() {
  const { query } = usePlace(), can = useCan();
  const view = (query.get('view') ?? 'all') as View | By, q = query.get('q') ?? '';
  const asked = queryOf(view, query), key = `orders:list:${JSON.stringify(asked)}`;
  const list = useList(key, after => apiPage('/admin/orders', { query: asked }, after));
  const [picked, pick] = useState(new Set<string>());
  useEffect(() => pick(new Set()), [key]);
  const isSearched = q !== '' || query.has('from') || query.has('to');
  const rows = list.data?.rows.filter(row => picked.has(row.id)) ?? [];
  return (
    <PageFrame title={t.order.title} actions={<>
      {can('orders:read') && !isBy(view) && <ExportButton query={asked} />}
      {can('orders:write') && <LinkButton look="primary" icon="plus" href="#/orders/new" data-key="n">{t.order.new}</LinkButton>}
    </>}>
      <Tabs label={t.order.views} tabs={views} current={view} hrefOf={tab => href('orders', { ...Object.fromEntries(query), days: '', view: tab === 'all' ? '' : tab })} />
      {isBy(view) ? <p class="filters"><strong>{t.order.ofDays[view](query.get('days') ?? '30')}</strong></p> : (
        <div class="filters">
          <SearchBox label={t.order.search} />
          <DateBox name="from" label={t.from} />
          <DateBox name="to" label={t.to} />
        </div>
      )}
      {(view === 'shipped' || view === 'refunded') && <p class="hint">{t.order.partHint[view]}</p>}
      <ListTable label={t.order.title} list={list} columns={orderColumns(list.data?.rows ?? [])} idOf={row => row.id} nameOf={row => row.number} picked={picked} pick={pick}
        empty={isSearched ? <Empty icon="search" title={t.order.noneFound}>{q === '' ? t.order.noneOfDays : t.order.noneFoundHint}</Empty>
          : view !== 'all' ? <Empty icon="orders" title={t.order.noneOf[view]}>{view === 'unshipped' ? t.today.toShipHint : null}</Empty>
          : <Empty icon="orders" title={t.order.none} action={can('orders:write') && <LinkButton href="#/orders/new">{t.order.new}</LinkButton>}>{t.order.noneHint}</Empty>} />
      {rows.length > 0 && <BulkBar rows={rows} clear={() => pick(new Set())} leaves={view === 'unshipped'} />}
    </PageFrame>
  );
}

function DateBox({ name, label }: { name: string; label: string }) {
  const { query } = usePlace();
  return (
    <label class="date-box"><span>{label}</span>
      <input type="date" value={query.get(name) ?? ''} onChange={event => setQuery({ [name]: event.currentTarget.value || null })} />
    </label>
  );
}

/** Reads the pages of the export one by one, and gives them to the browser as one file. */
function ExportButton({ query }: { query: OrderQuery }) {
  const [read, setRead] = useState<number | null>(null);
  const run = async () => {
    if (read !== null) return;
    setRead(0);
    const parts: string[] = [];
    try {
      for (let cursor: string | null = '', n = 0; cursor !== null; setRead((n += 100))) {
        const asked: { [name in keyof QueryOf<'/admin/orders.csv'>]: unknown } = { status: query.status, from: query.from, to: query.to, cursor };
        const page = await fetch(addressOf(`admin/orders.csv${queryText(asked)}`), { credentials: 'same-origin' });
        if (!page.ok) throw new Error(t.errors.server(page.status));
        parts.push(await page.text());
        cursor = page.headers.get('x-next-cursor');
      }
      saveFile('orders.csv', new Blob(parts, { type: 'text/csv' }));
    } catch (error) {
      sayError(`${t.order.exportFailed}: ${error instanceof TypeError ? t.errors.offline : reasonOf(error).replace(/^Error: /, '')}`);
    }
    setRead(null);
  };
  return <Button icon="download" busy={read !== null} onClick={() => void run()}>{read ? t.order.exporting(read) : t.order.export}</Button>;
}

export function saveFile(name: string, blob: Blob) {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function BulkBar({ rows, clear, leaves }: { rows: OrderRow[]; clear: () => void; leaves: boolean }) {
  const can = useCan();
  const [ships, setShips] = useState(false);
  const shippable = rows.filter(row => row.status === 'paid');
  return (
    <div class="bulk" role="region" aria-label={t.actions}>
      <strong aria-live="polite">{t.picked(rows.length)}</strong>
      {can('orders:fulfil') && <Button look="primary" data-key="e" icon="shipping" onClick={() => setShips(true)}>{t.order.ship}</Button>}
      <LinkButton icon="print" href={href('orders/slips', { ids: rows.map(row => row.id).join(',') })}>{t.order.slips}</LinkButton>
      <Button look="quiet" onClick={clear}>{t.clear}</Button>
      {ships && <BulkShip rows={shippable} leaves={leaves} onClose={() => setShips(false)} done={clear} />}
    </div>
  );
}

function BulkShip({ rows, leaves, onClose, done }: { rows: OrderRow[]; leaves: boolean; onClose: () => void; done: () => void }) {
  const form = useForm({ carrier: '', notify: true });
  const send = form.submit(async ({ carrier, notify }) => {
    onClose();
    done();
    await shipMany(rows, { ...(carrier.trim() ? { carrier: carrier.trim() } : {}), notify }, leaves);
  });
  return (
    <Dialog title={t.order.shipTitle} onClose={onClose}>
      {rows.length === 0 ? <div class="dialog-body"><p>{t.order.nothingToShip}</p></div> : (
        <form noValidate onSubmit={send}>
          <div class="dialog-body stack">
            <Text form={form} name="carrier" label={t.order.carrier} hint={t.optional} list="carriers" maxLength={100} autofocus />
            <Carriers />
            <Check form={form} name="notify" label={t.order.notify} hint={<MailOffHint />} />
            <FormAlert form={form} />
          </div>
          <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary">{t.order.shipMany(rows.length)}</Button></footer>
        </form>
      )}
    </Dialog>
  );
}

export const Carriers = () => <datalist id="carriers">{carriers.map(name => <option key={name} value={name} />)}</datalist>;

const at_once = 4;

/** Ships what is left of each order. The rows change at once; those that the server refuses change back. */
async function shipMany(rows: OrderRow[], body: Schemas['FulfillmentCreate'], leaves: boolean) {
  const asShipped = (row: OrderRow): OrderRow | null => (leaves ? null : { ...row, status: 'shipped' });
  const back = changeRows<OrderRow>('orders:', rows.map(row => row.id), asShipped);
  const parcels: { order_id: string; fulfillment_id: string }[] = [], failed: OrderRow[] = [];
  const queue = [...rows];
  const work = async () => {
    for (let row = queue.shift(); row; row = queue.shift()) {
      const path = { order_id: row.id };
      try {
        const parcel = await api('post', '/orders/{order_id}/fulfillments', { path, body, key: newIdempotencyKey() });
        parcels.push({ ...path, fulfillment_id: parcel.id });
      } catch (error) {
        failed.push(row);
        sayError(`${t.order.shipFailedOf(row.number)}: ${reasonOf(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: at_once }, work));
  if (failed.length > 0) {
    back();
    changeRows<OrderRow>('orders:', rows.filter(row => !failed.includes(row)).map(row => row.id), asShipped);
    failed.forEach(row => flash(row.id));
  }
  if (parcels.length > 0) say(t.order.shippedMany(parcels.length), () => void unship(parcels));
  void refresh('orders:', 'order:');
}

async function unship(parcels: { order_id: string; fulfillment_id: string }[]) {
  const what = t.order.shippedMany(parcels.length);
  const results = await Promise.allSettled(parcels.map(path => api('patch', '/orders/{order_id}/fulfillments/{fulfillment_id}', { path, body: { status: 'cancelled' } })));
  const refused = results.find(result => result.status === 'rejected');
  if (refused) sayError(`${t.notUndone(what)}: ${reasonOf(refused.reason)}`);
  else say(t.undone(what));
  void refresh('orders:', 'order:');
}
