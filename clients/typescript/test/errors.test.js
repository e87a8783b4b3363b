// Every kind of error, from the server where it can be had from there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { createTill, TillException, unwrap } from 'till-client';
import { errorOf } from '../dist/errors.js';
import { newProduct, shopperOf, startProxy, startShop } from './shop.js';

const shop = await startShop(), proxy = await startProxy(shop.url);
after(() => (proxy.stop(), shop.stop()));
const till = shopperOf(shop.url), onProxy = shopperOf(proxy.url, { retry: { attempts: 1 } });
const nowhere = '00000000-0000-7000-8000-000000000000';

function errorIn(result, kind, status) {
  assert.equal(result.ok, false, JSON.stringify(result));
  const { error } = result;
  assert.deepEqual([error.kind, error.status], [kind, status], error.detail);
  assert.ok(error.detail);
  assert.deepEqual(structuredClone(error), error);
  return error;
}

test('not_found, for a product, a line of the cart and an order', async () => {
  assert.equal(errorIn(await till.products.get(nowhere), 'not_found', 404).detail, 'Product not found');
  errorIn(await till.cart.remove(nowhere), 'not_found', 404);
  errorIn(await till.orders.get(nowhere), 'not_found', 404);
  errorIn(await till.orders.place([nowhere]), 'not_found', 404);
});

test("validation, with Pydantic's list and one sentence of it", async () => {
  const error = errorIn(await till.cart.add(nowhere, 0), 'validation', 422);
  assert.deepEqual(error.issues.map(({ type, loc }) => [type, loc]), [['greater_than_equal', ['body', 'quantity']]]);
  assert.equal(error.detail, 'body.quantity: Input should be greater than or equal to 1');
  assert.ok(error.requestId);
});

test('an id that is a piece of a path stays an id', async () => {
  for (const id of ['', '.', '..', '?q=1', '%2e%2e', 'x']) errorIn(await till.products.get(id), 'validation', 422);
  for (const id of ['../cart', 'a/b']) errorIn(await till.products.get(id), 'not_found', 404);
});

test('insufficient_stock, naming what is short: of a new line, of one that is there, and in an order', async () => {
  const product = await newProduct(shop.admin, { stock_quantity: 3 });
  const shortIn = (result) => errorIn(result, 'insufficient_stock', 409).short;
  const of = (requested) => [{ product_id: product.id, requested, available: 3 }];
  assert.deepEqual(shortIn(await till.cart.add(product.id, 4)), of(4));
  const line = unwrap(await till.cart.add(product.id, 3));
  assert.deepEqual(shortIn(await till.cart.add(product.id, 2)), of(5));
  assert.deepEqual(shortIn(await till.cart.setQuantity(line.id, 7)), of(7));
  unwrap(await shop.admin.products.update(product.id, { stock_quantity: 2 }));
  const { short } = errorIn(await till.orders.place([line.id]), 'insufficient_stock', 409);
  assert.deepEqual(short, [{ product_id: product.id, requested: 3, available: 2 }]);
});

test('quantity_too_large and hold_too_large, with what is allowed', async () => {
  const product = await newProduct(shop.admin, { stock_quantity: 1000 }), keen = shopperOf(shop.url);
  const tooMany = unwrap(await keen.cart.add(product.id, 101));
  const { short } = errorIn(await keen.orders.place([tooMany.id]), 'quantity_too_large', 409);
  assert.deepEqual(short, [{ product_id: product.id, requested: 101, available: 100 }]);
  const line = unwrap(await keen.cart.setQuantity(tooMany.id, 60));
  unwrap(await keen.orders.place([line.id]));
  const again = unwrap(await keen.cart.add(product.id, 50));
  assert.equal(errorIn(await keen.orders.place([again.id]), 'hold_too_large', 409).short[0].available, 40);
});

test('stock_changed, with the product as it is, and changed', async () => {
  const product = await newProduct(shop.admin, { stock_quantity: 3 });
  assert.equal(unwrap(await shop.admin.products.adjustStock(product.id, 2, 'Delivery')).stock_quantity, 5);
  const now = { ...product, stock_quantity: 5 };
  assert.deepEqual(errorIn(await shop.admin.products.adjustStock(product.id, -6), 'stock_changed', 409).current, now);
  const late = await shop.admin.products.update(product.id, { stock_quantity: 9, expected_stock: 3 });
  assert.deepEqual(errorIn(late, 'stock_changed', 409).current, now);
  errorIn(await shop.admin.products.update(product.id, { price: 1 }, { headers: { 'If-Match': '"stale"' } }), 'changed', 412);
});

test('order_not_pending', async () => {
  const line = unwrap(await till.cart.add((await newProduct(shop.admin)).id));
  const order = unwrap(await till.orders.place([line.id]));
  assert.equal(unwrap(await till.orders.cancel(order.id)).status, 'cancelled');
  errorIn(await till.orders.cancel(order.id), 'order_not_pending', 409);
});

test('total_too_large', async () => {
  const dear = await newProduct(shop.admin, { price: Number.MAX_SAFE_INTEGER });
  const line = unwrap(await till.cart.add(dear.id, 2));
  errorIn(await till.orders.place([line.id]), 'total_too_large', 409);
});

test('total_too_small', async () => {
  const cheap = await newProduct(shop.admin, { price: 49 });
  const line = unwrap(await till.cart.add(cheap.id, 1));
  errorIn(await till.orders.place([line.id]), 'total_too_small', 409);
});

test('cart_full', async () => {
  const collector = shopperOf(shop.url);
  for (let i = 0; i < 100; i++) unwrap(await collector.cart.add((await newProduct(shop.admin)).id));
  errorIn(await collector.cart.add((await newProduct(shop.admin)).id), 'cart_full', 409);
});

test('key_reused', async () => {
  const { id } = await newProduct(shop.admin), options = { idempotencyKey: 'the-same-for-two' };
  const first = unwrap(await till.cart.add(id));
  unwrap(await till.orders.place([first.id], options));
  const second = unwrap(await till.cart.add(id));
  errorIn(await till.orders.place([second.id], options), 'key_reused', 422);
});

test('unauthorized', async () => {
  errorIn(await till.products.remove(nowhere), 'unauthorized', 401);
  errorIn(await createTill({ baseUrl: shop.url, adminToken: 'not-the-right-one' }).products.remove(nowhere), 'unauthorized', 401);
});

test('rejected', async () => {
  errorIn(await till.products.search({ q: 'x'.repeat(9000) }), 'rejected', 414);
});

test('in_progress and conflict', async () => {
  const running = { status: 409, body: { detail: 'A request with this Idempotency-Key is still running' } };
  proxy.plan = Array(9).fill(running);
  const patient = shopperOf(proxy.url, { retry: { baseMs: 60_000, capMs: 60_000 } });
  assert.equal(errorIn(await patient.orders.place([nowhere]), 'in_progress', 409).maybeDone, true);
  proxy.plan = [{ status: 409 }];
  errorIn(await onProxy.orders.place([nowhere]), 'conflict', 409);
});

test('unavailable, with when to come back', async () => {
  proxy.plan = [{ status: 503, headers: { 'retry-after': '7' } }, { status: 503 }, { status: 502 }];
  assert.equal(errorIn(await onProxy.products.list(), 'unavailable', 503).retryAfterMs, 7000);
  assert.equal('retryAfterMs' in errorIn(await onProxy.products.list(), 'unavailable', 503), false);
  assert.equal(errorIn(await onProxy.cart.add(nowhere), 'unavailable', 502).maybeDone, true);
});

test('a payment provider that is lost leaves in doubt whether it has acted', async () => {
  proxy.plan = Array(2).fill({ status: 503, body: { detail: 'The payment provider cannot be reached right now, try again shortly' } });
  assert.equal(errorIn(await onProxy.payments.confirm(nowhere), 'unavailable', 503).maybeDone, true);
  assert.equal(errorIn(await onProxy.payments.get(nowhere), 'unavailable', 503).maybeDone, false);
});

test("fault: the server's own, and what is no answer of Till's", async () => {
  proxy.plan = [{ status: 500 }, 'html', 'html', 'empty'];
  assert.equal(errorIn(await onProxy.cart.add(nowhere), 'fault', 500).maybeDone, false);
  assert.equal(errorIn(await onProxy.cart.add(nowhere), 'fault', 500).maybeDone, true);
  errorIn(await onProxy.products.list(), 'fault', 500);
  errorIn(await onProxy.products.list(), 'fault', 500);
});

test('network: nobody there, and a reply that breaks off', async () => {
  const gone = await startProxy(shop.url);
  gone.stop();
  assert.match(errorIn(await shopperOf(gone.url).products.list(), 'network', 0).detail, /ECONNREFUSED/);
  proxy.plan = ['half'];
  errorIn(await onProxy.products.list(), 'network', 0);
});

test('timeout and aborted', async () => {
  proxy.plan = ['stall', 'stall'];
  errorIn(await onProxy.products.list({}, { timeoutMs: 30 }), 'timeout', 0);
  errorIn(await onProxy.products.list({}, { signal: AbortSignal.timeout(30) }), 'aborted', 0);
  errorIn(await onProxy.products.list({}, { signal: AbortSignal.abort() }), 'aborted', 0);
});

test('unwrap throws the error, or gives the data', async () => {
  assert.throws(() => unwrap({ ok: false, error: { kind: 'not_found', status: 404, detail: 'Product not found', maybeDone: false } }), (thrown) => {
    assert.ok(thrown instanceof TillException && thrown instanceof Error);
    assert.equal(thrown.message, 'not_found: Product not found');
    assert.equal(thrown.error.kind, 'not_found');
    return true;
  });
  assert.equal(unwrap({ ok: true, data: 1, replayed: false }), 1);
});

test("the server's words for its errors are known here: each 409 has a kind of its own, no 4xx is taken for a fault", () => {
  const list = readFileSync(new URL('../../../src/base/status.h', import.meta.url), 'utf8');
  const rows = [...list.matchAll(/X\((\w+), ([45]\d\d), "(.*?)"\)/g)];
  assert.ok(rows.length > 20);
  const withoutKind = ['PRODUCT_EXISTS', 'CONFLICT', 'WEBHOOK_INACTIVE', 'WEBHOOKS_FULL', 'MAIL_IS_DONE', 'MAIL_IS_OFF', 'STAFF_EXISTS', 'STAFF_UNFINISHED', 'LAST_OWNER', 'WRONG_PROOF', 'SECOND_FACTOR_SET', 'SECOND_FACTOR_UNSET', 'NO_ACCOUNT', 'SHIPPING_METHODS_FULL', 'TAX_RATE_EXISTS', 'TAX_RATES_FULL', 'NOTHING_TO_SHIP', 'FULFILLMENT_ENDED', 'FULFILLMENT_REFUNDED', 'REFUND_TOO_LARGE', 'REFUNDS_FULL', 'ORDER_OF_SHOPPER', 'MEDIA_SIZE_TOO_WIDE', 'MEDIA_SIZE_EXISTS', 'MEDIA_SIZES_FULL', 'IMPORT_BEGUN', 'IMPORT_PART_DIFFERS', 'IMPORT_PART_UNKNOWN', 'IMPORT_PARTS_MISSING', 'IMPORT_PUBLISHED', 'IMPORTS_FULL', 'IMPORTS_OFF', 'PRICE_OUT_OF_RANGE']; // of commands, faults, the staff and the owner's webhooks and mails: no call of the client's meets them
  for (const [, name, status, detail] of rows) {
    const { kind } = errorOf(Number(status), new Headers(), { detail }, true);
    if (status === '409') assert.equal(kind === 'conflict', withoutKind.includes(name), name);
    assert.equal(kind === 'fault', ['500', '505'].includes(status), name);
  }
});
