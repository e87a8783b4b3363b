// A shop with a week's orders in every state, for pictures and for the walk over all pages.
import { execFileSync } from 'node:child_process';
import { base, buy, owner, people } from './lib.js';

const HISTORY = `
import math, sqlite3, sys, time
today = int(time.time()) // 86400
rows = []
for i in range(1, 730):
    day = today - i
    orders = max(0, round((14 - i / 90) * (1.25 if day % 7 in (2, 3) else 0.8) * (1 + 0.5 * math.sin(day * 1.7) * math.cos(day * 0.9)) * (1.6 if (day // 30) % 12 == 11 else 1)))
    rows.append((day, 'usd' if orders else '', orders, orders * (4200 + round(900 * math.sin(day))), 2500 if day % 11 == 0 and orders else 0))
with sqlite3.connect(sys.argv[1], timeout=30) as db:
    db.executemany('INSERT OR IGNORE INTO daily_totals (day, currency, orders, revenue, refunded) VALUES (?, ?, ?, ?, ?)', rows)
`;

/** Two years of days that are over, as the chores would have added them up: for the charts. */
export const fillHistory = () => execFileSync('/usr/bin/python3', ['-c', HISTORY, process.env.TILL_DB]);

export async function fillShop() {
  await owner('PATCH', '/admin/settings', { shop_name: 'Halfpenny', shop_address: '12 Mill Lane\nBristol BS1 4QA', shop_email: 'hello@halfpenny.example' });
  const methods = await owner('GET', '/admin/shipping-methods');
  const standard = methods[0];
  const find = async q => (await (await fetch(`${base}/products/search?q=${q}&limit=1`)).json())[0];
  const [lamp, mug, sleeve, pot, mouse, mic] = await Promise.all(['desk lamp', 'stoneware mug', 'laptop sleeve', 'pepper mill', 'mouse', 'microphone'].map(find));
  const with_ = (person, more = {}) => ({ person: people[person], shipping_method_id: standard.id, ...more });
  const orders = [];
  orders.push(await buy([[lamp, 1], [mug, 3]], with_(0, { note: 'Please ring the bell twice.' })));
  orders.push(await buy([[mouse, 2]], with_(1)));
  orders.push(await buy([[sleeve, 1], [mic, 1]], with_(2)));
  const pending = await buy([[pot, 2]], with_(3, { pay: null }));
  const shipped = await buy([[mug, 6]], with_(2));
  await owner('POST', `/orders/${shipped.id}/fulfillments`, { carrier: 'DHL', tracking_number: '00340434161094042557' });
  const delivered = await buy([[lamp, 1]], with_(3));
  const parcel = await owner('POST', `/orders/${delivered.id}/fulfillments`, { carrier: 'Royal Mail' });
  await owner('PATCH', `/orders/${delivered.id}/fulfillments/${parcel.id}`, { status: 'delivered' });
  const refunded = await buy([[mouse, 1]], with_(1));
  await owner('POST', `/orders/${refunded.id}/refund`);
  const partly = await buy([[mug, 4], [pot, 1]], with_(0));
  await owner('POST', `/orders/${partly.id}/fulfillments`, { items: [{ line: 0, quantity: 2 }], carrier: 'DPD', tracking_number: '15976312345' });
  await owner('POST', `/orders/${partly.id}/refunds`, { amount: 500, reason: 'A scratch on the glaze' });
  await owner('POST', `/admin/orders/${partly.id}/notes`, { text: 'Called: the rest may come next week.' });
  await owner('POST', '/admin/shipping-methods', { name: 'By weight', description: 'For what is heavy', basis: 'weight', tiers: [{ from: 0, price: 690 }, { from: 5000, price: 1190 }], countries: ['DE', 'AT', 'CH', 'FR', 'NL'], position: 3 });
  await owner('PUT', '/admin/synonyms', { text: 'sofa, couch\ntv => television\n' });
  await owner('POST', '/admin/staff', { email: 'bob@halfpenny.example', name: 'Bob Miller', role: 'fulfilment' });
  await owner('POST', '/admin/keys', { name: 'Warehouse', role: 'fulfilment', expires_in_days: 90 });
  await owner('POST', '/admin/keys', { name: 'Monthly report', scopes: ['products:read', 'orders:read', 'customers:read'] });
  const webhook = await owner('POST', '/admin/webhooks', { url: 'http://127.0.0.1:9/till', types: ['*'] });
  await owner('POST', `/admin/webhooks/${webhook.id}/test`);
  const [mail] = await owner('GET', '/admin/mails?limit=1');
  return { webhook, mail, base, orders, pending, shipped, delivered, refunded, partly, products: [mug, lamp, pot], standard };
}

/** The pages of this shop's desk, by name. */
export const pagesOf = shop => ({
  today: '#/',
  'today-week': '#/?days=7',
  'today-year': '#/?days=365',
  paid: '#/orders?view=paid&days=7',
  'failed-payments': '#/orders?view=payment_failed&days=30',
  orders: '#/orders',
  'to-ship': '#/orders?view=unshipped',
  'no-orders': '#/orders?q=nobody',
  order: `#/orders/${shop.partly.id}`,
  'order-paid': `#/orders/${shop.orders[0].id}`,
  'order-new': '#/orders/new',
  'no-order': '#/orders/no-such-order',
  slips: `#/orders/slips?ids=${shop.orders[0].id}`,
  products: '#/products',
  'low-stock': '#/products?view=low',
  'no-products': '#/products?q=no-such-thing',
  product: `#/products/${shop.products[0].id}`,
  'product-new': '#/products/new',
  imports: '#/import',
  customers: '#/customers',
  'no-customers': '#/customers?q=nobody',
  customer: `#/customers/${encodeURIComponent(shop.orders[0].email)}`,
  shipping: '#/shipping',
  taxes: '#/taxes',
  synonyms: '#/synonyms',
  settings: '#/settings',
  staff: '#/staff',
  keys: '#/keys',
  webhooks: '#/webhooks',
  webhook: `#/webhooks/${shop.webhook.id}`,
  mails: '#/mails',
  mail: `#/mails/${shop.mail.id}`,
  'no-mails': '#/mails?state=failed',
  audit: '#/audit',
  account: '#/account',
  nothing: '#/no-such-page',
  menu: '#/menu',
});
