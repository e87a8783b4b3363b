// Till is away for a while: the pages say so in kind words, lose nothing, and go on by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToCart, cartCount, freePort, heading, newPage, newProduct, startShop, startTill, stop } from './lib.mjs';

test('Till is down: a friendly page, and it recovers', async () => {
  const port = await freePort();
  let till = await startTill({ port });
  const shop = await startShop({ TILL_URL: till.url });
  const { page } = await newPage(shop.url);
  const product = await newProduct(till);
  await page.goto(shop.url);
  await addToCart(page, shop.url, product);

  await stop(till.child);
  await page.getByRole('button', { name: /^One more/ }).last().click();
  await page.getByRole('dialog').getByRole('alert').getByText('cannot be reached').waitFor();
  await cartCount(page, 1); // as it was

  await page.goto(`${shop.url}/product/${product.id}`);
  await heading(page, 'The shop is shut for a moment.');
  assert.equal((await fetch(`${shop.url}/search?q=lamp`)).status, 500);
  const home = await fetch(shop.url);
  assert.equal(home.status, 200, 'what everybody sees is still there, from the cache');

  till = await startTill({ port });
  await heading(page, product.name); // nobody has clicked
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await cartCount(page, 2);
});
