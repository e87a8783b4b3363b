// What the tests need besides servers and a browser: pages that remember what went wrong on them, and what shoppers do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { after, afterEach } from 'node:test';
import { adminToken, db, newContext, revalidateSecret, stopAll, TILL } from './servers.mjs';

export * from './servers.mjs';

after(stopAll);

/** What a page's policy has refused: nothing, on the shop's own pages, in any test. */
export const refused = [];
afterEach(() => assert.deepEqual(refused.splice(0), [], 'refused by a page\'s policy'));

export function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** `till audit`: stock, orders and money add up. */
export const audit = () => execFileSync(TILL, ['audit', '--db', db], { encoding: 'utf8' });

/** A page in a context of its own. `troubles` gathers console errors, exceptions, and requests to anywhere but `origins`. */
export async function newPage(origins, options = {}) {
  const context = await newContext(options);
  context.setDefaultTimeout(60_000);
  const troubles = [];
  const sent = []; // everything that left the browser, as text
  const watch = page => {
    page.on('console', message => { if (message.text().includes('Content Security Policy')) refused.push(`${page.url()}: ${message.text()}`); });
    page.on('console', message => { if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) troubles.push(message.text()); });
    page.on('response', response => { if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`); });
    page.on('pageerror', error => troubles.push(String(error)));
    page.on('request', request => {
      sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`);
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && ![origins].flat().includes(origin)) troubles.push(`foreign request: ${request.url()}`);
    });
  };
  context.on('page', watch);
  return { page: await context.newPage(), context, troubles, sent };
}

/** As the shop's owner. */
export async function admin(till, method, path, body) {
  const answer = await fetch(till.url + path, {
    method,
    headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

/** The shop's pages know what has changed in the catalogue. */
export async function emptyCaches(shop) {
  assert.ok((await fetch(`${shop.url}/revalidate`, { method: 'POST', headers: { Authorization: `Bearer ${revalidateSecret}` }, body: '{}' })).ok);
}

let made = 0;

/** A product that only this test knows. */
export async function newProduct(till, fields = {}) {
  const [{ image_url }] = await (await fetch(`${till.url}/products/search?q=kettle`)).json();
  return admin(till, 'POST', '/products', {
    name: `Test thing ${++made}`, description: 'Made by a test.', price: 1250, stock_quantity: 9, category: 'kitchen', image_url, ...fields,
  });
}

export const addToCart = async (page, url, product) => {
  await page.goto(`${url}/product/${product.id}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await cartCount(page, 1);
  await settled(page);
};

/** The cookie of a new shopper with this in the cart. */
export async function cartWith(till, shop, product, quantity = 1) {
  const answer = await fetch(`${till.url}/cart`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ product_id: product.id, quantity }),
  });
  assert.ok(answer.ok);
  return { name: 'till_session', value: answer.headers.get('x-session-id'), url: shop.url };
}

/** Waits until what the cart shows is what Till has. */
export const settled = page => page.locator('ul[aria-label="In the cart"][aria-busy=false]').first().waitFor();

/** Waits until the button with the bag says so. */
export const cartCount = (page, count) =>
  page.locator(`header a[aria-label="Cart, ${count === 0 ? 'empty' : count === 1 ? '1 thing' : `${count} things`}"]`).waitFor();

export async function payWith(page, number) {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry').fill('1234');
  await page.getByLabel('Security code').fill('123');
  await page.getByRole('button', { name: /^Pay / }).click();
}

export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

/** The shopper's orders, as Till has them. */
export async function ordersOf(context, till) {
  const session = (await context.cookies()).find(({ name }) => name === 'till_session');
  return (await fetch(`${till.url}/orders`, { headers: { 'X-Session-Id': session.value } })).json();
}

export const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing, and the page is no wider than its window. */
export async function check(page, name) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE); // a script tag's would be refused
  const { violations } = await page.evaluate(async () => {
    const fading = () => document.getAnimations().filter(({ effect, playState }) => playState === 'running' && Number.isFinite(effect.getComputedTiming().endTime));
    for (let left = fading(); left.length > 0; left = fading()) await Promise.all(left.map(({ finished }) => finished.catch(() => {}))); // one may begin others
    return globalThis.axe.run(); // which would measure the contrast of what is half faded in
  });
  const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(found, [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the window`);
}

/** A paid order with a line of each product and quantity, and the cookie of its shopper. `body` is the rest of the order. */
export async function paidOrder(till, shop, lines, body = {}) {
  const cookie = await cartWith(till, shop, ...lines[0]);
  const post = async (path, sent) => {
    const answer = await fetch(till.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Session-Id': cookie.value }, body: JSON.stringify(sent) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  for (const [product, quantity] of lines.slice(1)) await post('/cart', { product_id: product.id, quantity });
  const cart = await (await fetch(`${till.url}/cart`, { headers: { 'X-Session-Id': cookie.value } })).json();
  const { id } = await post('/orders', { cart_item_ids: cart.map(line => line.id), ...body });
  const payment = await post('/payments/create-intent', { order_id: id });
  await post('/payments/confirm', { payment_id: payment.id, payment_method: 'pm_card_visa' });
  const details = await (await fetch(`${till.url}/orders/${id}/details`, { headers: { 'X-Session-Id': cookie.value } })).json();
  return { ...details, cookie };
}
