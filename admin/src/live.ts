/**
 * What happens in the shop, as it happens: pages read again what they show of it, and a new order is said with a link to it.
 *
 * The stream is one connection, of which a browser has six for a server. So a page that nobody looks at ends its stream, and takes it
 * up where it was when it is looked at again. The browser itself comes back after a break; what it gives up on is tried again here,
 * less and less often.
 */
import { useEffect } from 'preact/hooks';
import { addressOf, type Schemas } from './api.js';
import { money } from './format.js';
import { href } from './router.js';
import { refresh, refreshShort } from './store.js';
import { t } from './texts.js';
import { sayWithLink } from './toasts.js';

type ShopEvent = Pick<Schemas['ShopEvent'], 'type' | 'data'>;

const hidden_ms = 30_000, pause_ms = 2_000, retry_min_ms = 1_000, retry_max_ms = 60_000;
const late_ms = 1_000; // from a page's first read on; if its stream begins later, the page is read again

let isLoading = true; // the first stream: its page has read since it was opened

/** Orders that this page has placed itself: they are not news. */
const own = new Set<string>();
export const isMine = (id: string) => void own.add(id);

const waiting: ShopEvent[] = [];
let timer = 0, latest = 0;

/** Gathers events for a moment, so that a busy shop is not read again for each. */
function take(event: ShopEvent) {
  waiting.push(event);
  timer ||= window.setTimeout(show, Math.max(200, latest + pause_ms - Date.now()));
}

function show() {
  const events = waiting.splice(0);
  timer = 0;
  latest = Date.now();
  const orders = new Set(events.filter(({ type }) => !type.startsWith('product.')).map(({ data }) => data.id));
  if (orders.size > 0) void refreshShort('orders:', 'summary:', 'customers:', ...[...orders].map(id => `order:${id}`));
  if (events.length > 0) void refreshShort('products:', 'product:'); // an order changes the stock, of which there is no event
  const placed = [...new Map(events.filter(({ type, data }) => type === 'order.created' && !own.has(data.id)).map(({ data }) => [data.id, data])).values()];
  const [first] = placed;
  if (!first) return;
  if (placed.length > 1) sayWithLink(t.live.newOrders(placed.length), href('orders'), t.live.show);
  else sayWithLink(t.live.newOrder(first.number ?? '', first.total_amount === null ? '' : money(first.total_amount, first.currency ?? 'usd')), href(`orders/${first.id}`), t.live.show);
}

/** Follows the stream until the function that it returns is called. */
function follow(): () => void {
  let source: EventSource | null = null, last = '', wait = retry_min_ms, again = 0, rest = 0, isKnown = false;
  const begun = isLoading ? 0 : performance.now();
  isLoading = false;
  const open = () => {
    clearTimeout(again);
    source?.close();
    source = new EventSource(addressOf(`admin/events${last && `?last_event_id=${encodeURIComponent(last)}`}`));
    const heard = (event: MessageEvent<string>) => {
      if (event.lastEventId) last = event.lastEventId;
      wait = retry_min_ms;
    };
    source.addEventListener('ready', event => {
      heard(event);
      if (isKnown || performance.now() - begun > late_ms) void refresh('orders:', 'order:', 'summary:', 'customers:', 'products:', 'product:'); // some events are lost
      isKnown = true;
    });
    for (const type of Object.keys(t.webhooks.events)) source.addEventListener(type, (event: MessageEvent<string>) => {
      heard(event);
      take(JSON.parse(event.data) as ShopEvent);
    });
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return; // the browser itself comes back
      again = window.setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(2 * wait, retry_max_ms);
    };
  };
  const close = () => {
    clearTimeout(again);
    source?.close();
    source = null;
  };
  const look = () => {
    clearTimeout(rest);
    if (document.hidden) rest = window.setTimeout(close, hidden_ms);
    else if (!source) open();
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    clearTimeout(rest);
    close();
  };
}

export const useLive = () => useEffect(follow, []);
