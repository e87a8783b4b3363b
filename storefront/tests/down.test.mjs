// Till is away for a while: the pages say so in kind words, lose nothing, and go on by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToCart, cartCount, db, freePort, heading, newPage, newProduct, startShop, startTill, stop } from './lib.mjs';

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
  assert.equal((await fetch(`${shop.url}/search?q=lamp`)).status, 503);
  const home = await fetch(shop.url);
  assert.equal(home.status, 200, 'what everybody sees is still there, from the cache');

  till = await startTill({ port });
  await heading(page, product.name); // nobody has clicked
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await cartCount(page, 2);
});

test('Till accepts and never answers: the drawer says so while it hangs, pages answer 503, and what was asked goes on', async t => {
  const till = await startTill({ file: `${db}.hung` });
  const shop = await startShop({ TILL_URL: till.url });
  const { page } = await newPage(shop.url);
  const product = await newProduct(till);
  await page.goto(shop.url, { waitUntil: 'networkidle' });
  await addToCart(page, shop.url, product);
  till.child.kill('SIGSTOP');
  try {
    const clicked = performance.now();
    await page.getByRole('button', { name: /^One more/ }).last().click();
    await page.getByRole('dialog').getByRole('alert').getByText('cannot be reached').waitFor();
    t.diagnostic(`the drawer says so after ${Math.round(performance.now() - clicked)} ms`);
    await cartCount(page, 1); // as it was
    for (const path of [`/product/${product.id}`, '/search?q=lamp', '/cart', '/orders', '/checkout']) {
      const asked = performance.now();
      const answer = await fetch(shop.url + path, { redirect: 'manual', headers: { Cookie: `till_session=${'x'.repeat(40)}` } });
      t.diagnostic(`${path}: ${answer.status} after ${Math.round(performance.now() - asked)} ms`);
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'], path);
    }
  } finally {
    till.child.kill('SIGCONT');
  }
  await page.goto(`${shop.url}/product/${product.id}`);
  await heading(page, product.name);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('dialog').getByText(product.name).waitFor();
});
