// Two pages of the desk: what happens in the one, or in the shop, appears in the other by itself.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { buy, launch, newPage, newProduct, open, owner, signIn } from './lib.js';
import { until } from './one_page.js';

let browser, here, there, product;

before(async () => {
  browser = await launch();
  [here, there] = [await newPage(browser), await newPage(browser)];
  for (const { page } of [here, there]) {
    const ready = page.waitForResponse(/admin\/events/);
    await signIn(page, '#/orders');
    assert.equal((await ready).status(), 200);
  }
  product = await newProduct({ name: 'Live thing', price: 1000 });
});
after(async () => {
  const found = [here, there].map(({ troubles }) => troubles).concat([await here.refused(), await there.refused()]);
  await browser?.close();
  assert.deepEqual(found, [[], [], [], []]);
});

test('a new order appears by itself, and is said with a link', async () => {
  const order = await buy([[product, 1]]);
  for (const { page } of [here, there]) await page.locator(`[data-row="${order.id}"]`).waitFor();
  await here.page.locator('.toast', { hasText: `New order ${order.number}` }).getByRole('link', { name: 'Show' }).click();
  await here.page.getByRole('heading', { level: 1, name: `Order ${order.number}` }).waitFor();
});

test('an order that another has shipped changes on the page that shows it, and a note that is typed stays', async () => {
  const order = await buy([[product, 1]]);
  await open(here.page, `#/orders/${order.id}`);
  await here.page.getByLabel('Note').fill('Half a senten');
  await open(there.page, `#/orders/${order.id}`);
  await there.page.getByRole('button', { name: 'Mark shipped' }).click();
  await there.page.getByRole('button', { name: 'Mark 1 item shipped' }).click();
  await here.page.getByRole('button', { name: 'Mark delivered' }).waitFor();
  assert.equal(await here.page.getByLabel('Note').inputValue(), 'Half a senten');
});

test('what is typed into a product is not written over', async () => {
  await open(here.page, `#/products/${product.id}`);
  await here.page.getByLabel('Price').fill('15.00');
  await open(there.page, '#/products?q=Live');
  const shown = here.page.waitForResponse(answer => answer.url().includes('/admin/products?') && answer.url().includes(product.id));
  await owner('PATCH', `/products/${product.id}`, { price: 1200, category: 'changed' });
  await there.page.locator('main [data-row]').getByText('$12.00').waitFor();
  await (await shown).finished();
  assert.equal(await here.page.getByLabel('Price').inputValue(), '15.00');
  await here.page.getByRole('button', { name: 'Save' }).click();
  await here.page.locator('.toast', { hasText: 'Saved' }).waitFor();
  const [{ price, category }] = await owner('GET', `/admin/products?q=${product.id}`);
  assert.deepEqual([price, category], [1500, 'changed'], 'only what was typed is sent');
});

test('an answer that comes late does not replace that of a later read', async () => {
  const late = await newProduct({ name: 'Late thing', price: 1000 });
  await open(here.page, '#/products?q=Late');
  const shown = price => here.page.locator('main [data-row]', { hasText: 'Late thing' }).getByText(price);
  await shown('$10.00').waitFor();
  const reads = [];
  await here.page.route('**/admin/products?*', route => { reads.push(route); });
  const read = async n => {
    await until(() => reads.length > n, `read ${n}`);
    return reads[n];
  };
  await owner('PATCH', `/products/${late.id}`, { price: 1100 });
  const first = await read(0), answer = await first.fetch();
  await owner('PATCH', `/products/${late.id}`, { price: 1200 });
  await (await read(1)).continue();
  await shown('$12.00').waitFor();
  const arrived = here.page.waitForResponse(response => response.request() === first.request());
  await first.fulfill({ response: answer });
  await (await arrived).finished();
  await here.page.unrouteAll();
  await here.page.evaluate(() => new Promise(done => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  assert.equal(await shown('$12.00').count(), 1, 'the first answer, with $11.00, is not shown');
});

test('a stream that begins late reads the page again, because it has missed what happened before it', async () => {
  const missed = await newProduct({ name: 'Missed thing', price: 1000 });
  const { page, context, troubles, refused } = await newPage(browser);
  let begin;
  const begun = new Promise(done => { begin = done; });
  await page.route('**/admin/events*', async route => { await begun; await route.continue(); });
  await signIn(page, '#/products?q=Missed');
  const row = page.locator('main [data-row]', { hasText: 'Missed thing' });
  await row.getByText('$10.00').waitFor();
  await owner('PATCH', `/products/${missed.id}`, { price: 1300 });
  await page.waitForFunction(() => performance.now() > 1000);
  begin();
  await row.getByText('$13.00').waitFor();
  assert.deepEqual([troubles, await refused()], [[], []]);
  await context.close();
});
