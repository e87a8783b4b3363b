// Reading the catalogue, and going through lists.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTill, formatMoney, TillException, unwrap } from 'till-client';
import { newProduct, shopperOf, startShop } from './shop.js';

const shop = await startShop();
after(shop.stop);
const till = createTill({ baseUrl: shop.url + '/' });

const idsOf = async (items) => {
  const ids = [];
  for await (const item of items) ids.push(item.id);
  return ids;
};

test('a search forgives spelling and says how many there are', async () => {
  const page = unwrap(await till.products.search({ q: 'hedphones', limit: 1 }));
  assert.match(page.items[0].name, /headphones/);
  assert.ok(page.total > 1);
  assert.equal(page.totalIsAtLeast, false);
  assert.deepEqual(page.next, { q: 'hedphones', limit: 1, offset: 1 });
});

test('a filter may have several values', async () => {
  const [one, two] = unwrap(await till.products.categories());
  const { items, total, next } = unwrap(await till.products.search({ category: [one.category, two.category], limit: 500 }));
  assert.equal(total, one.product_count + two.product_count);
  assert.deepEqual([...new Set(items.map(({ category }) => category))].sort(), [one.category, two.category].sort());
  assert.equal(next, null);
  assert.equal(unwrap(await till.products.search({ category: [] })).total, unwrap(await till.products.list()).total);
});

test('a product, its picture, the categories, facets and suggestions', async () => {
  const [first] = unwrap(await till.products.list({ limit: 1 })).items;
  assert.deepEqual(unwrap(await till.products.get(first.id)), first);
  const picture = await fetch(till.imageUrl(first));
  assert.equal(picture.status, 200);
  assert.equal(till.imageUrl({ image_url: 'https://cdn.example/a.jpg' }), 'https://cdn.example/a.jpg');
  const categories = unwrap(await till.products.categories());
  assert.ok(categories.some(({ category }) => category === first.category));
  const facets = unwrap(await till.products.facets({ category: first.category }));
  assert.deepEqual(facets.categories, categories.filter(({ category }) => category === first.category));
  assert.ok(unwrap(await till.products.suggest('lam')).length > 0);
});

test('each() gives every product once, by cursor, whatever the size of a page and whatever is added meanwhile', async () => {
  const { total, items } = unwrap(await till.products.list({ limit: 500 }));
  const wanted = items.map(({ id }) => id);
  assert.equal(wanted.length, total);
  for (const limit of [1, 7, total, 500]) assert.deepEqual(await idsOf(till.products.each({ limit })), wanted);

  const met = [];
  for await (const product of till.products.each({ limit: 10 })) {
    if (met.length === 5) await newProduct(shop.admin);
    met.push(product.id);
  }
  assert.deepEqual(met, wanted);
});

test('eachFound() gives what a search finds, each once', async () => {
  const { items } = unwrap(await till.products.search({ category: 'audio', limit: 500 }));
  assert.ok(items.length > 2);
  assert.deepEqual(await idsOf(till.products.eachFound({ category: 'audio', limit: 2 })), items.map(({ id }) => id));
});

test('orders come in pages too', async () => {
  const shopper = shopperOf(shop.url), product = await newProduct(shop.admin), placed = [];
  for (let i = 0; i < 3; i++) {
    const line = unwrap(await shopper.cart.add(product.id));
    placed.unshift(unwrap(await shopper.orders.place([line.id])).id);
  }
  assert.deepEqual(await idsOf(shopper.orders.each({ limit: 2 })), placed);
});

test('a page that fails is thrown, with the error in it', async () => {
  await assert.rejects(idsOf(till.products.each({ limit: 501 })), (thrown) => {
    assert.ok(thrown instanceof TillException);
    assert.equal(thrown.error.kind, 'validation');
    return true;
  });
});

test('money is shown in the minor units of its currency', () => {
  assert.equal(formatMoney(2999, 'usd'), '$29.99');
  assert.equal(formatMoney(2999, 'jpy'), '¥2,999');
  assert.equal(formatMoney(2999, 'kwd').replace(/\s/, ' '), 'KWD 2.999');
  assert.equal(formatMoney(299900, 'eur', 'de').replace(/\s/, ' '), '2.999,00 €');
});
