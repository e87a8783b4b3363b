// What the owner sets up for a checkout, and what a product has for it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTill, unwrap } from 'till-client';
import { newProduct, shopperOf, startShop } from './shop.js';

const shop = await startShop();
after(shop.stop);

test('settings change by what is named', async () => {
  const { settings } = shop.admin;
  const before = unwrap(await settings.get());
  const changed = unwrap(await settings.update({ shop_name: "Ann's lamps", checkout_requires: ['email'], ship_to: ['AT', 'DE'] }));
  assert.deepEqual(changed, { ...before, shop_name: "Ann's lamps", checkout_requires: ['email'], ship_to: ['AT', 'DE'] });
  assert.deepEqual(unwrap(await settings.get()), changed);
  const form = unwrap(await shopperOf(shop.url).checkout.form());
  assert.deepEqual([form.requires, form.countries.map(({ code }) => code)], [['email'], ['AT', 'DE']]);
  assert.equal((await settings.update({ ship_to: ['XX'] })).error?.kind, 'validation');
  unwrap(await settings.update({ checkout_requires: [], ship_to: [] }));
});

test('shipping methods are made, replaced and removed', async () => {
  const { shippingMethods } = shop.admin;
  const wanted = { name: 'By weight', description: 'Slow', basis: 'weight', tiers: [{ from: 0, price: 490 }, { from: 2000, price: 990 }], countries: ['DE'] };
  const made = unwrap(await shippingMethods.create(wanted));
  const { id, created_at, ...rest } = made;
  assert.deepEqual(rest, { ...wanted, position: 0, free_from: null, min_days: null, max_days: null, is_active: true });
  const free = unwrap(await shippingMethods.replace(id, { name: 'Free', tiers: [{ from: 0, price: 0 }], is_active: false }));
  assert.deepEqual([free.id, free.name, free.basis, free.countries, free.is_active], [id, 'Free', 'flat', [], false]);
  assert.deepEqual(unwrap(await shippingMethods.list()).find((method) => method.id === id), free);
  const shown = unwrap(await shopperOf(shop.url).checkout.shippingMethods());
  assert.equal(shown.some((method) => method.id === id), false);
  assert.equal(unwrap(await shippingMethods.remove(id)), undefined);
  assert.equal((await shippingMethods.remove(id)).error?.kind, 'not_found');
});

test('tax rates are made, replaced and removed, and counted in a quote', async () => {
  const { taxRates } = shop.admin;
  const { id, created_at, ...made } = unwrap(await taxRates.create({ country: 'CH', name: 'VAT', rate_e5: 8100 }));
  assert.deepEqual(made, { country: 'CH', region: '', class: 'standard', name: 'VAT', rate_e5: 8100 });
  unwrap(await taxRates.replace(id, { country: 'CH', name: 'VAT', rate_e5: 10000 }));
  assert.equal(unwrap(await taxRates.list()).find((rate) => rate.id === id)?.rate_e5, 10000);
  const till = shopperOf(shop.url);
  const line = unwrap(await till.cart.add((await newProduct(shop.admin, { price: 1100 })).id));
  const quote = () => till.checkout.quote({ cart_item_ids: [line.id], shipping_address: { country: 'CH' } });
  const { tax_total, tax_included, total_amount } = unwrap(await quote());
  assert.deepEqual([tax_total, tax_included, total_amount], [100, true, 1100]);
  assert.equal(unwrap(await taxRates.remove(id)), undefined);
  assert.equal(unwrap(await quote()).tax_total, 0);
  assert.equal((await taxRates.replace(id, { country: 'CH', name: 'VAT', rate_e5: 1 })).error?.kind, 'not_found');
});

test('what a product needs to be sent comes where it is asked for', async () => {
  const till = shopperOf(shop.url);
  const shipping = { weight_grams: 850, ships: false, tax_class: 'books' };
  const plain = await newProduct(shop.admin, shipping), full = { ...plain, ...shipping };
  const options = { include: ['shipping'] };
  assert.deepEqual(unwrap(await till.products.get(plain.id)), plain);
  assert.deepEqual(unwrap(await till.products.get(plain.id, options)), full);
  assert.deepEqual(unwrap(await till.products.list({ limit: 1, ...options })).items, [full]);
  assert.deepEqual(unwrap(await till.products.search({ q: plain.name, ...options })).items[0], full);
  unwrap(await till.cart.add(plain.id));
  assert.deepEqual(unwrap(await till.cart.get(options)).map((line) => line.product), [full]);
  const both = unwrap(await till.products.get(plain.id, { include: ['shipping', 'created_at'] }));
  assert.match(both.created_at, /^20\d\d-/);
  unwrap(await shop.admin.products.update(plain.id, { weight_grams: 900 }));
  assert.equal(unwrap(await till.products.get(plain.id, options)).weight_grams, 900);
});

test('the owner alone changes them', async () => {
  for (const stranger of [createTill({ baseUrl: shop.url }), createTill({ baseUrl: shop.url, adminToken: 'x'.repeat(20) })])
    for (const result of [await stranger.settings.get(), await stranger.shippingMethods.list(), await stranger.taxRates.list()])
      assert.equal(result.error?.kind, 'unauthorized');
});
