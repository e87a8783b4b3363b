// Paying, on the mock provider: the cards that Stripe has for tests, lost replies, refunds.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { unwrap } from 'till-client';
import { newProduct, shopperOf, startProxy, startShop } from './shop.js';

const shop = await startShop(), proxy = await startProxy(shop.url);
after(() => (proxy.stop(), shop.stop()));
let till, order;

beforeEach(async () => {
  proxy.plan = [];
  till = shopperOf(proxy.url);
  const line = unwrap(await till.cart.add((await newProduct(shop.admin)).id, 2));
  order = unwrap(await till.orders.place([line.id]));
  proxy.seen = [];
});

const statusOf = async () => unwrap(await till.orders.get(order.id)).status;

test('an order is paid, and the payment can be read again', async () => {
  const intent = unwrap(await till.payments.createIntent(order.id));
  assert.deepEqual([intent.order_id, intent.amount, intent.currency, intent.status], [order.id, 2500, 'usd', 'pending']);
  assert.ok(intent.client_secret);
  const payment = unwrap(await till.payments.confirm(intent.id, 'pm_card_visa'));
  assert.deepEqual([payment.id, payment.status, payment.client_secret], [intent.id, 'succeeded', null]);
  assert.deepEqual(unwrap(await till.payments.get(intent.id)), payment);
  assert.equal(await statusOf(), 'paid');
  assert.equal((await till.payments.createIntent(order.id)).error.kind, 'order_not_pending');
});

test('a declined card is a payment that failed, and another may follow', async () => {
  const declined = unwrap(await till.payments.createIntent(order.id));
  const payment = unwrap(await till.payments.confirm(declined.id, 'pm_card_chargeDeclined'));
  assert.equal(payment.status, 'failed');
  assert.match(payment.failure_message, /declined/);
  assert.equal(await statusOf(), 'pending');
  const intent = unwrap(await till.payments.createIntent(order.id));
  assert.equal(unwrap(await till.payments.confirm(intent.id, 'pm_card_visa')).status, 'succeeded');
  assert.equal(await statusOf(), 'paid');
});

test('replies that are lost on the way to being paid: one payment, the same answers', async () => {
  proxy.plan = ['drop', 'half'];
  const intent = unwrap(await till.payments.createIntent(order.id));
  proxy.plan = ['drop', 'drop'];
  const paid = await till.payments.confirm(intent.id, 'pm_card_visa');
  assert.equal(unwrap(paid).status, 'succeeded');
  assert.equal(paid.replayed, true);
  const keys = proxy.seen.map(({ headers }) => headers['idempotency-key']);
  assert.deepEqual([new Set(keys.slice(0, 3)).size, new Set(keys.slice(3)).size, new Set(keys).size], [1, 1, 2]);
});

test('the live intent is given again, whichever key asks', async () => {
  const first = unwrap(await till.payments.createIntent(order.id));
  assert.equal(unwrap(await till.payments.createIntent(order.id)).id, first.id);
});

test('payment_refused: the provider knows no such method', async () => {
  const intent = unwrap(await till.payments.createIntent(order.id));
  assert.equal((await till.payments.confirm(intent.id, 'pm_of_nobody')).error.kind, 'payment_refused');
});

test("the admin gives a paid order's money back, once", async () => {
  assert.equal((await till.orders.refund(order.id)).error.kind, 'unauthorized');
  assert.equal((await shop.admin.orders.refund(order.id)).error.kind, 'order_not_paid');
  const intent = unwrap(await till.payments.createIntent(order.id));
  unwrap(await till.payments.confirm(intent.id, 'pm_card_visa'));
  for (let i = 0; i < 2; i++) assert.equal(unwrap(await shop.admin.orders.refund(order.id)).status, 'refunded');
  assert.equal(await statusOf(), 'refunded');
});

test("another shopper's payment is not found", async () => {
  const intent = unwrap(await till.payments.createIntent(order.id));
  const other = shopperOf(shop.url, { sessionId: 'a-session-of-another' });
  assert.equal((await other.payments.get(intent.id)).error.kind, 'not_found');
  assert.equal((await other.payments.confirm(intent.id, 'pm_card_visa')).error.kind, 'not_found');
});
