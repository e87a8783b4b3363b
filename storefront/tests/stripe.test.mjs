// With a publishable key the card form is Stripe's own. Its script stands in here for the real one, which no test may load.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToCart, audit, heading, newPage, newProduct, ordersOf, startShop, startTill } from './lib.mjs';

const STRIPE = 'https://js.stripe.com';

/** What the page uses of Stripe.js; its card is declined the first time. */
const script = `
  window.asked = [];
  window.Stripe = key => ({
    elements: ({ mode, amount, currency }) => { asked.push({ key, mode, amount, currency }); return {
      create: () => ({ mount: node => { node.textContent = 'the frame of Stripe'; }, destroy() {} }),
      update: change => asked.push(change),
      submit: async () => ({}),
    }; },
    confirmPayment: async ({ clientSecret, confirmParams }) => {
      asked.push({ secret: clientSecret, backTo: confirmParams.return_url });
      return asked.filter(({ secret }) => secret).length === 1 ? { error: { message: 'Your card was declined.' } } : {};
    },
  });`;

test('the Payment Element is loaded where there is a key, and pays once', async () => {
  const till = await startTill();
  const shop = await startShop({ TILL_URL: till.url, NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY: 'pk_test_nobody' });
  const { page, context, troubles, sent } = await newPage([shop.url, STRIPE]);
  await page.route(`${STRIPE}/**`, route => route.fulfill({ contentType: 'text/javascript', body: script }));
  await addToCart(page, shop.url, await newProduct(till));
  assert.deepEqual(sent.filter(text => text.includes(STRIPE)), [], 'not before the checkout');
  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByText('the frame of Stripe').waitFor();
  await page.getByLabel('Country').selectOption('DE');
  for (const [label, text] of [['Full name', 'Ann Smith'], ['Street and number', 'Hauptstr. 1'], ['City', 'Berlin'], ['Postal code', '10115']])
    await page.getByLabel(label).fill(text);
  const pay = page.getByRole('button', { name: 'Pay $17.40' });
  await pay.click();
  await page.getByRole('alert').getByText('declined').waitFor();
  const asked = await page.evaluate(() => globalThis.asked);
  assert.deepEqual(asked[0], { key: 'pk_test_nobody', mode: 'payment', amount: 1250, currency: 'usd' });
  assert.deepEqual(asked.slice(1, -1).at(-1), { amount: 1740 }, 'Stripe follows the total');
  const { secret, backTo } = asked.at(-1);
  assert.match(secret, /^pi_.+_secret_/);
  const [order] = await ordersOf(context, till);
  assert.match(backTo, new RegExp(`^${shop.url}/checkout/${order.id}\\?payment=`));
  assert.equal(order.status, 'pending');

  await pay.click();
  await heading(page, 'Thank you.');
  assert.equal((await ordersOf(context, till))[0].status, 'paid');
  await page.goto(backTo); // as from the bank's page, by now a second time
  await heading(page, /Thank you|This order is paid already/);
  assert.deepEqual(troubles, []);
  audit();
});
