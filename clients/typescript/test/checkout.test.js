// What a checkout asks for, what an order would cost, and the order in full.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTill, unwrap } from 'till-client';
import { newProduct, shopperOf, startShop } from './shop.js';

const shop = await startShop();
after(shop.stop);

const address = { name: 'Ann Smith', line1: 'Hauptstr. 1', city: 'Berlin', postal_code: '10115', country: 'DE' };

test('form, methods, quote, order and details agree', async () => {
  const till = shopperOf(shop.url);
  const form = unwrap(await till.checkout.form());
  assert.deepEqual([form.requires, form.prices_include_tax, form.currency], [[], true, 'usd']);
  assert.deepEqual(form.countries.find(({ code }) => code === 'DE'), { code: 'DE', postal_code: 'required', region: 'none' });
  const [standard] = unwrap(await till.checkout.shippingMethods());
  assert.deepEqual(unwrap(await till.checkout.shippingMethods('DE'))[0], standard);

  const line = unwrap(await till.cart.add((await newProduct(shop.admin)).id, 2));
  const body = { cart_item_ids: [line.id], email: 'ann@example.com', shipping_address: address, shipping_method_id: standard.id };
  const short = unwrap(await till.checkout.quote({ cart_item_ids: [line.id], shipping_address: { country: 'DE' } }));
  assert.equal(short.shipping_options.find(({ id }) => id === standard.id)?.price, 490);
  const { total_amount } = unwrap(await till.checkout.quote(body));
  const refused = await till.orders.place({ ...body, expected_total: total_amount - 1 });
  assert.equal(refused.error?.kind === 'total_changed' && refused.error.totals?.total_amount, total_amount);

  const order = unwrap(await till.orders.place({ ...body, expected_total: total_amount }));
  const details = unwrap(await till.orders.details(order.id));
  assert.match(details.number, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  assert.deepEqual([details.total_amount, details.shipping_method, details.email, details.shipping_address?.line1],
    [2 * 1250 + 490, 'Standard', 'ann@example.com', 'Hauptstr. 1']);
  assert.equal((await till.orders.details('no-id')).error?.kind, 'validation');

  const guest = createTill({ baseUrl: shop.url });
  const found = unwrap(await guest.orders.lookup(details.number.toLowerCase(), 'Ann@example.com'));
  assert.deepEqual([found.number, found.status, found.items[0]?.quantity, found.timeline.map(({ kind }) => kind)], [details.number, 'pending', 2, ['created']]);
  assert.equal((await guest.orders.lookup(details.number, 'bob@example.com')).error?.kind, 'not_found');
  assert.deepEqual([(await guest.orders.sendLink(details.number, 'bob@example.com')).ok, unwrap(await guest.orders.sendLink(details.number, 'ann@example.com'))], [true, undefined]);

  const [mail] = await (await fetch(`${shop.url}/admin/mails`, { headers: { Authorization: `Bearer ${shop.token}` } })).json();
  const { text } = await (await fetch(`${shop.url}/admin/mails/${mail.id}`, { headers: { Authorization: `Bearer ${shop.token}` } })).json();
  let session = '';
  const opener = createTill({ baseUrl: shop.url, onSession: (id) => { session = id; } });
  assert.equal(unwrap(await opener.orders.open(/#(\S+)/.exec(text)?.[1] ?? '')).id, order.id);
  assert.ok(session, 'which was made for it');
  assert.equal(unwrap(await opener.orders.details(order.id)).number, details.number);
  assert.deepEqual([(await opener.orders.open('wrong')).error?.status, (await opener.orders.cancel(order.id)).error?.kind], [400, 'not_found']);
});
