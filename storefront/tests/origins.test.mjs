// Both ways to place Till keep the cart: behind the shop's own origin, and beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToCart, cartCount, db, freePort, heading, newPage, newProduct, payWith, startShop, startTill } from './lib.mjs';

async function buys(page, shop, product) {
  await addToCart(page, shop.url, product);
  await page.reload();
  await cartCount(page, 1);
  await page.goto(`${shop.url}/cart`);
  await page.getByRole('button', { name: `One more: ${product.name}` }).click();
  await page.getByTestId('total').getByText('$25.00').waitFor();
  await page.getByRole('button', { name: 'Check out' }).click();
  await heading(page, 'Checkout');
  await page.reload();
  await page.getByLabel('Country').selectOption('DE');
  await page.getByRole('radio', { name: /Standard/ }).waitFor();
  await page.getByTestId('total').getByText('$29.90').waitFor();
  for (const [label, text] of [['Full name', 'Ann Smith'], ['Street and number', 'Hauptstr. 1'], ['City', 'Berlin'], ['Postal code', '10115']])
    await page.getByLabel(label).fill(text);
  await payWith(page, '4000 0000 0000 0002');
  await page.getByRole('alert').getByText('declined').waitFor();
  await page.goto(`${shop.url}/cart`);
  await page.getByText('is waiting to be paid').waitFor();
  await page.getByRole('link', { name: 'Pay it' }).click();
  await page.getByText('Hauptstr. 1').waitFor();
  const checkout = page.url();
  await payWith(page, '4242 4242 4242 4242');
  await heading(page, 'Thank you.');
  await page.goto(checkout);
  await heading(page, 'This order is paid already.');
  await page.goto(`${shop.url}/orders`);
  await page.getByText('Paid', { exact: true }).waitFor();
}

test('same origin: the browser sees the shop alone', async () => {
  const till = await startTill();
  const shop = await startShop({ TILL_URL: till.url });
  const { page, troubles, context } = await newPage(shop.url);
  await buys(page, shop, await newProduct(till));
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ['till_session', true, 'Lax']);
  assert.deepEqual(troubles, []);
});

test('cross origin: the browser calls Till itself, with its cookie', async () => {
  const port = await freePort();
  const till = await startTill({ file: `${db}-cross`, args: ['--cors-origin', `http://127.0.0.1:${port}`] });
  const shop = await startShop({ TILL_URL: till.url, TILL_PUBLIC_URL: till.url }, port);
  const { page, troubles, sent } = await newPage([shop.url, till.url]);
  await buys(page, shop, await newProduct(till));
  assert.ok(sent.some(text => text.startsWith(`POST ${till.url}/cart `)), 'the cart went to Till');
  assert.deepEqual(sent.filter(text => text.startsWith(`POST ${shop.url}`)), [], 'and not through the shop');
  assert.deepEqual(troubles, []);
});
