// Everybody can use it: axe on every page by day and by night, on a desk and on a phone; and with the keyboard alone.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addToCart, check, heading, newPage, newProduct, payWith, sizes, startBoth } from './lib.mjs';

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

for (const [colorScheme, size] of [['light', 'desk'], ['dark', 'phone']])
  test(`axe finds nothing: ${colorScheme}, ${size}`, async () => {
    const { page } = await newPage(shop.url, { colorScheme, viewport: sizes[size] });
    const product = await newProduct(till);
    for (const path of ['/', '/search', '/search?q=lamp&category=lighting&max_price=24999', '/search?q=zzzzzz', '/category/coffee', '/cart', '/orders', '/orders/find', '/orders/open', '/orders/none', '/nothing-here']) {
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
    await check(page, 'checkout');
    await page.getByLabel('Country').selectOption('US');
    await page.getByRole('radio').first().waitFor();
    await payWith(page, '1234');
    await page.getByText('State is missing.').waitFor();
    await page.locator('[data-testid=totals][aria-busy=false]').waitFor();
    await check(page, 'checkout with errors');
    for (const [label, text] of [['Email', 'ann@example.com'], ['Full name', 'Ann Smith'], ['Street and number', '1 Main St'], ['City', 'Springfield'], ['State', 'IL'], ['ZIP code', '62701']])
      await page.getByLabel(label, { exact: true }).fill(text);
    await payWith(page, '4000 0000 0000 0002');
    await page.getByRole('alert').getByText('declined').waitFor();
    await check(page, 'checkout of an order');
    await payWith(page, '4000 0025 0000 3155');
    await page.getByRole('button', { name: 'It is me' }).waitFor();
    await check(page, 'bank');
    await page.getByRole('button', { name: 'It is me' }).click();
    await heading(page, 'Thank you.');
    await page.getByText('1 Main St').waitFor();
    await check(page, 'receipt');
    await page.emulateMedia({ media: 'print' });
    await check(page, 'receipt on paper');
    await page.emulateMedia({ media: 'screen' });
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
