// Everybody can use it: axe on every page by day and by night, on a desk and on a phone; and with the keyboard alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { addToCart, heading, newPage, newProduct, payWith, startBoth } from './lib.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

async function check(page, name) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE); // a script tag's would be refused
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(found, [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the window`);
}

for (const [colorScheme, size] of [['light', 'desk'], ['dark', 'phone']])
  test(`axe finds nothing: ${colorScheme}, ${size}`, async () => {
    const { page } = await newPage(shop.url, { colorScheme, viewport: sizes[size] });
    const product = await newProduct(till);
    for (const path of ['/', '/search', '/search?q=lamp&category=lighting&max_price=24999', '/search?q=zzzzzz', '/category/coffee', '/cart', '/orders', '/nothing-here']) {
      await page.goto(shop.url + path);
      await check(page, path);
    }
    await page.getByRole('combobox').fill('lam');
    await page.getByRole('option').first().waitFor();
    await check(page, 'suggestions');
    await addToCart(page, shop.url, product);
    await check(page, 'product with the drawer open');
    await page.getByRole('button', { name: 'Close the cart' }).click();
    await check(page, 'product');
    await page.goto(`${shop.url}/cart`);
    await check(page, 'cart');
    await page.getByRole('button', { name: 'Check out' }).click();
    await heading(page, 'Checkout');
    await payWith(page, '4000 0000 0000 0002');
    await page.getByRole('alert').getByText('declined').waitFor();
    await check(page, 'checkout');
    await payWith(page, '4000 0025 0000 3155');
    await page.getByRole('button', { name: 'It is me' }).waitFor();
    await check(page, 'bank');
    await page.getByRole('button', { name: 'It is me' }).click();
    await heading(page, 'Thank you.');
    await check(page, 'receipt');
    await page.goto(`${shop.url}/orders`);
    await check(page, 'orders');
  });

test('the keyboard alone buys a lamp', async () => {
  const { page } = await newPage(shop.url);
  const focused = () => page.evaluate(() => {
    const { activeElement: node } = document;
    return node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent.trim();
  });
  /** Tabs on until the focus is on what is called so. */
  const tabTo = async name => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if (name.test(await focused())) return;
    }
    assert.fail(`Tab never comes to ${name}`);
  };
  await page.goto(shop.url);
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to the content');
  await tabTo(/^Search the shop$/);
  await page.keyboard.type('mushro');
  await page.getByRole('option', { name: 'Mushroom table lamp' }).waitFor();
  while (!/Mushroom table lamp/.test(await page.locator('[role=option][aria-selected=true]').textContent().catch(() => '')))
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await heading(page, 'Mushroom table lamp');
  await tabTo(/^Add to cart$/);
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog');
  await drawer.getByText('Mushroom table lamp').waitFor();
  assert.ok(await page.evaluate(() => document.querySelector('dialog').contains(document.activeElement)), 'the focus is in the drawer');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  assert.equal(await focused(), 'Add to cart', 'and back where it was');
  await page.keyboard.press('Enter');
  await drawer.waitFor();
  await tabTo(/^Check out$/);
  await page.keyboard.press('Enter');
  await heading(page, 'Checkout');
  for (const [name, text] of [[/^Card number$/, '4242424242424242'], [/^Expiry$/, '1234'], [/^Security code$/, '123']]) {
    await tabTo(name);
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Enter');
  await heading(page, 'Thank you.');
});
