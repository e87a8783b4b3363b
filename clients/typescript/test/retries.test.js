// What is repeated, and that nothing happens twice: through a proxy that loses replies after the shop has acted.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { newIdempotencyKey, unwrap } from 'till-client';
import { newProduct, shopperOf, startProxy, startShop } from './shop.js';

const shop = await startShop(), proxy = await startProxy(shop.url);
after(() => (proxy.stop(), shop.stop()));
let till, product;
const busy = { status: 503, headers: { 'retry-after': '0' } };

beforeEach(async () => {
  proxy.plan = [];
  proxy.seen = [];
  till = shopperOf(proxy.url);
  product = await newProduct(shop.admin, { stock_quantity: 10 });
});

const stockLeft = async () => unwrap(await shop.admin.products.get(product.id)).stock_quantity;

async function filledCart() {
  const line = unwrap(await till.cart.add(product.id, 2));
  proxy.seen = [];
  return line;
}

for (const plan of [['drop', 'drop'], ['half', 'drop'], ['drop', 'stall']]) {
  test(`an order whose reply is lost (${plan}) is asked for again with its key: one order, one taking of stock`, async () => {
    const line = await filledCart();
    proxy.plan = [...plan];
    const order = unwrap(await till.orders.place([line.id], { timeoutMs: 2000 }));
    assert.equal(proxy.seen.length, 3);
    const [key, ...others] = new Set(proxy.seen.map(({ headers }) => headers['idempotency-key']));
    assert.match(key, /^[0-9a-f]{32}$/);
    assert.deepEqual(others, []);
    assert.deepEqual(unwrap(await till.orders.list()).items, [order]);
    assert.equal(await stockLeft(), 8);
  });
}

test('an answer that was stored says so', async () => {
  const line = await filledCart();
  proxy.plan = ['drop'];
  assert.equal((await till.orders.place([line.id])).replayed, true);
  assert.equal((await till.orders.list()).replayed, false);
});

test("the page's own key gives one order over reloads, and keys differ where none is given", async () => {
  const line = await filledCart(), options = { idempotencyKey: newIdempotencyKey() };
  const order = unwrap(await till.orders.place([line.id], options));
  const reloaded = shopperOf(proxy.url, { sessionId: till.sessionId });
  assert.deepEqual(await reloaded.orders.place([line.id], options), { ok: true, data: order, replayed: true });
  assert.equal((await reloaded.orders.place([line.id])).error.kind, 'not_found');
  assert.notEqual(proxy.seen.at(-1).headers['idempotency-key'], options.idempotencyKey);
});

test('an order that never gets through is left in doubt, and says so', async () => {
  const line = await filledCart();
  proxy.plan = ['drop', 'half', 'drop'];
  const { error } = await till.orders.place([line.id]);
  assert.deepEqual([error.kind, error.maybeDone], ['network', true]);
  assert.equal(proxy.seen.length, 3);
  assert.equal(unwrap(await till.orders.list()).total, 1);
});

test('doubt outlasts an attempt that surely did nothing', async () => {
  const line = await filledCart();
  proxy.plan = ['drop', busy, busy];
  const { error } = await till.orders.place([line.id]);
  assert.deepEqual([error.kind, error.maybeDone], ['unavailable', true]);
});

test("'still running' is waited for, beyond the number of attempts", async () => {
  const line = await filledCart();
  proxy.plan = Array(5).fill({ status: 409, body: { detail: 'A request with this Idempotency-Key is still running' } });
  unwrap(await till.orders.place([line.id]));
  assert.equal(proxy.seen.length, 6);
});

test('reads are repeated, a bounded number of times', async () => {
  for (const plan of [['drop'], ['half'], [busy], [{ status: 502 }], ['drop', busy]]) {
    proxy.seen = [];
    proxy.plan = [...plan];
    unwrap(await till.products.get(product.id));
    assert.equal(proxy.seen.length, plan.length + 1);
  }
  proxy.seen = [];
  proxy.plan = Array(9).fill('drop');
  const result = await till.products.get(product.id);
  assert.deepEqual([result.error.kind, result.error.maybeDone, proxy.seen.length], ['network', false, 3]);
});

test('what the request itself is refused for is not repeated', async () => {
  for (const status of [400, 401, 404, 409, 422, 500]) {
    proxy.seen = [];
    proxy.plan = [{ status }];
    assert.equal((await till.products.get(product.id)).ok, false);
    assert.equal(proxy.seen.length, 1, String(status));
  }
});

test('a put into the cart is repeated only where the shop says that it did nothing', async () => {
  proxy.plan = [busy];
  unwrap(await till.cart.add(product.id));
  assert.equal(proxy.seen.length, 2);

  for (const loss of ['drop', { status: 502, headers: { 'retry-after': '0' } }, { status: 503 }]) {
    proxy.seen = [];
    proxy.plan = [loss];
    const { error } = await till.cart.add(product.id);
    assert.equal(error.maybeDone, loss !== 'drop' ? loss.status === 502 : true);
    assert.equal(proxy.seen.length, 1);
  }
  assert.equal(unwrap(await till.cart.get())[0].quantity, 2); // the first, and the one whose reply was dropped
});

test("an admin's write is not repeated after a lost reply", async () => {
  const admin = shopperOf(proxy.url, { adminToken: 'client-tests-admin-token' });
  proxy.plan = ['drop'];
  assert.equal((await admin.products.update(product.id, { price: 1 })).error.maybeDone, true);
  assert.equal(proxy.seen.length, 1);
  assert.equal(unwrap(await admin.products.get(product.id)).price, 1);
});

test('a change of quantity and a removal are repeated, and the removal that finds nothing has been done', async () => {
  const line = await filledCart();
  proxy.plan = ['drop'];
  assert.equal(unwrap(await till.cart.setQuantity(line.id, 5)).quantity, 5);
  proxy.plan = ['drop'];
  assert.deepEqual(await till.cart.remove(line.id), { ok: true, data: undefined, replayed: false });
  assert.equal((await till.cart.remove(line.id)).error.kind, 'not_found');
});

test('a cancelling whose reply is lost is looked up', async () => {
  const line = await filledCart(), order = unwrap(await till.orders.place([line.id]));
  proxy.plan = ['drop'];
  assert.equal(unwrap(await till.orders.cancel(order.id)).status, 'cancelled');
  assert.equal(await stockLeft(), 10);
});

test('a wait that is too long, a deadline or the caller ends the call', { timeout: 120_000 }, async () => {
  proxy.plan = [{ status: 503, headers: { 'retry-after': '3' } }];
  assert.equal((await till.products.list()).error.retryAfterMs, 3000); // longer than capMs
  assert.equal(proxy.seen.length, 1);

  const patient = { baseMs: 100_000, capMs: 100_000 };
  proxy.plan = ['drop'];
  assert.equal((await shopperOf(proxy.url, { retry: patient }).products.list()).error.kind, 'network'); // the wait would end after the deadline

  const caller = new AbortController();
  const losing = async () => { setImmediate(() => caller.abort()); throw new TypeError('lost'); };
  const stopped = shopperOf(proxy.url, { retry: patient, fetch: losing, deadlineMs: 1_000_000 });
  assert.equal((await stopped.products.list({}, { signal: caller.signal })).error.kind, 'aborted');

  proxy.plan = ['stall', 'stall', 'stall'];
  assert.equal((await till.products.list({}, { deadlineMs: 50 })).error.kind, 'timeout');
});
