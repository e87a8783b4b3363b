// Toasts: none moves while it is shown, and each stays while the pointer or the focus is on it.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { buy, check, newProduct, open } from './lib.js';
import { context, openPage, page, productOf, row, toast, troubles, until } from './one_page.js';

openPage();

const long = 'Toasted four, with a name that needs two lines of its toast';
const names = ['Toasted one', 'Toasted two', 'Toasted three', long];
const products = new Map();
before(async () => {
  for (const name of names) products.set(name, await newProduct({ name, price: 1000, category: 'toasts' }));
});

/** Timers of five seconds and more, such as that of a toast, run when the test says so, and not after its machine was slow. */
const holdTimers = () => context.addInitScript(() => {
  const held = new Map(), { setTimeout: set, clearTimeout: clear } = globalThis;
  let last = 1e9;
  globalThis.setTimeout = (run, ms = 0, ...rest) => (ms < 5000 ? set(run, ms, ...rest) : (held.set(++last, () => run(...rest)), last));
  globalThis.clearTimeout = id => held.delete(id) || clear(id);
  globalThis.passTime = () => [...held].forEach(([id, run]) => held.delete(id) && run());
});
const passTime = () => page.evaluate(() => globalThis.passTime());

async function setPrice(name, price) {
  await row(name).getByRole('button', { name: /^Price of/ }).click();
  await page.keyboard.type(price);
  await page.keyboard.press('Enter');
}
const costs = (name, price) => toast(`${name} costs $${price}`);
const undoOf = found => found.getByRole('button', { name: 'Undo' });
const placeOf = found => found.evaluate(element => { const { x, y } = element.getBoundingClientRect(); return [x, y]; });
const priceOf = async name => (await productOf(products.get(name).id)).price;

test('what comes, and what goes, moves no toast that is there', async () => {
  await holdTimers();
  await open(page, '#/products?category=toasts');
  await setPrice('Toasted one', '11');
  const first = undoOf(costs('Toasted one', '11.00'));
  await first.waitFor();
  const place = await placeOf(first);
  await setPrice('Toasted two', '12');
  const second = undoOf(costs('Toasted two', '12.00'));
  await second.waitFor();
  await page.route('**/products/*', route => (route.request().method() === 'PATCH' ? route.fulfill({ status: 503, contentType: 'application/json', body: '{"detail": "The server is stopping"}' }) : route.continue()));
  await setPrice('Toasted three', '13');
  await toast('Toasted three stays as it was').waitFor();
  await page.unroute('**/products/*');
  troubles.splice(0);
  assert.deepEqual(await placeOf(first), place);
  const above = await placeOf(second);
  const order = await buy([[products.get('Toasted three'), 1]]);
  await toast(`New order ${order.number}`).waitFor();
  assert.deepEqual([await placeOf(first), await placeOf(second)], [place, above]);
  await check(page, 'four toasts');
  await costs('Toasted one', '11.00').getByRole('button', { name: 'Close' }).click();
  await first.waitFor({ state: 'detached' });
  assert.deepEqual(await placeOf(second), above);
  await page.mouse.move(above[0] + 5, above[1] + 5);
  await setPriceByKeys(long, '14');
  await costs(long, '14.00').waitFor();
  assert.deepEqual(await placeOf(second), above);
  await page.mouse.down();
  await page.mouse.up();
  await until(async () => await priceOf('Toasted two') === 1000, 'the Undo under the pointer is the one that was there');
  assert.equal(await priceOf(long), 1400);
});

/** Without the pointer, which stays where it is. */
async function setPriceByKeys(name, price) {
  await row(name).getByRole('button', { name: /^Price of/ }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type(price);
  await page.keyboard.press('Enter');
}

test('u undoes the last change, and then the one before', async () => {
  await open(page, '#/products?category=toasts');
  await setPrice('Toasted one', '16');
  await costs('Toasted one', '16.00').waitFor();
  await setPrice('Toasted three', '18');
  await costs('Toasted three', '18.00').waitFor();
  await page.keyboard.press('u');
  await toast('Undone: price of Toasted three').waitFor();
  assert.equal(await priceOf('Toasted one'), 1600);
  await page.keyboard.press('u');
  await toast('Undone: price of Toasted one').waitFor();
});

test('news does not replace the news under the pointer', async () => {
  await open(page, '#/products?category=toasts');
  const order = await buy([[products.get('Toasted one'), 1]]);
  const show = toast(`New order ${order.number}`).getByRole('link', { name: 'Show' });
  await show.hover();
  const { number } = await buy([[products.get('Toasted two'), 1]]);
  await toast(`New order ${number}`).waitFor();
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole('heading', { level: 1, name: `Order ${order.number}` }).waitFor();
});

test('a toast stays while the pointer or the focus is on it, and an error until it is closed', async () => {
  await open(page, '#/products?category=toasts');
  await page.mouse.move(0, 0);
  await setPriceByKeys('Toasted one', '21');
  const pointed = costs('Toasted one', '21.00');
  await pointed.hover();
  await passTime();
  assert.ok(await pointed.isVisible());
  await page.mouse.move(0, 0);
  await passTime();
  await pointed.waitFor({ state: 'detached' });

  await setPriceByKeys('Toasted one', '22');
  const focused = costs('Toasted one', '22.00');
  await undoOf(focused).focus();
  await passTime();
  assert.ok(await focused.isVisible());
  await page.getByRole('searchbox').focus();
  await passTime();
  await focused.waitFor({ state: 'detached' });

  await page.route('**/products/*', route => (route.request().method() === 'PATCH' ? route.fulfill({ status: 503, contentType: 'application/json', body: '{"detail": "The server is stopping"}' }) : route.continue()));
  await setPriceByKeys('Toasted two', '23');
  const error = toast('Toasted two stays as it was');
  await error.waitFor();
  await page.unroute('**/products/*');
  troubles.splice(0);
  await passTime();
  assert.ok(await error.isVisible());
  await error.getByRole('button', { name: 'Close' }).click();
  await error.waitFor({ state: 'detached' });
});
