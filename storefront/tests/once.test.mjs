// One order, one charge: whatever is clicked twice, reloaded, gone back to, or done in two tabs at once.
import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import { addToCart, admin, audit, cartCount, heading, newPage, newProduct, ordersOf, payWith, settled, startBoth } from './lib.mjs';

let till, shop;
before(async () => ({ till, shop } = await startBoth()));
afterEach(() => void audit());

const statuses = async context => (await ordersOf(context, till)).map(({ status }) => status);
const checkOut = page => page.getByRole('button', { name: 'Check out' });

async function atCheckout(options) {
  const opened = await newPage(shop.url, options);
  await addToCart(opened.page, shop.url, await newProduct(till));
  await checkOut(opened.page).click();
  await heading(opened.page, 'Checkout');
  return opened;
}

test('a repeated click on either button', async () => {
  const { page, context } = await newPage(shop.url);
  await addToCart(page, shop.url, await newProduct(till));
  await checkOut(page).dblclick();
  await heading(page, 'Checkout');
  assert.deepEqual(await statuses(context), [], 'looking at the checkout orders nothing');
  await page.getByRole('button', { name: '4242 4242 4242 4242' }).click();
  await page.getByRole('button', { name: /^Pay / }).dblclick();
  await heading(page, 'Thank you.');
  assert.deepEqual(await statuses(context), ['paid']);
});

test('a repeated click without a script', async () => {
  const { page, context } = await newPage(shop.url, { javaScriptEnabled: false });
  const product = await newProduct(till);
  await page.goto(`${shop.url}/product/${product.id}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await heading(page, 'Your cart');
  await checkOut(page).dblclick();
  await heading(page, 'Checkout');
  await page.getByRole('button', { name: 'Order and go on to the payment' }).dblclick();
  await page.getByRole('region', { name: 'What you are paying for' }).waitFor();
  assert.deepEqual(await statuses(context), ['pending']);
});

test('the button that goes back, after paying', async () => {
  const { page, context } = await atCheckout();
  await payWith(page, '4242 4242 4242 4242');
  await heading(page, 'Thank you.');
  const checkout = new URL(page.url()).href.replace('/orders/', '/checkout/').replace(/\?.*/, '');
  await page.goBack();
  await heading(page, /^Test thing/); // before the checkout, not in it
  await cartCount(page, 0);
  await page.goto(checkout);
  await heading(page, 'This order is paid already.');
  await page.getByText('You were charged once, and not again.').waitFor();
  assert.deepEqual(await statuses(context), ['paid']);
});

test('a reload while the card is being charged', async () => {
  const { page, context } = await atCheckout();
  await page.getByRole('button', { name: '4242 4242 4242 4242' }).click();
  const sent = page.waitForRequest(request => request.method() === 'POST' && /\/checkout\/./.test(request.url()));
  await page.getByRole('button', { name: /^Pay / }).click();
  await sent;
  await page.reload();
  // Paid by now, or not yet: then the shopper pays again, and that is the same charge.
  const pay = page.getByRole('button', { name: /^Pay / });
  const settled = page.getByRole('heading', { name: /This order is paid already|Thank you/ });
  await pay.or(settled).first().waitFor();
  if (await pay.isVisible()) await payWith(page, '4242 4242 4242 4242').catch(() => {}); // it may go while one types
  await settled.waitFor();
  assert.deepEqual(await statuses(context), ['paid']);
});

test('a reload of the checkout before paying goes on with the same order', async () => {
  const { page, context } = await atCheckout();
  await payWith(page, '4000 0000 0000 0002');
  await page.getByRole('alert').getByText('declined').waitFor();
  const address = page.url();
  await page.reload();
  await heading(page, 'Checkout');
  await page.goto(`${shop.url}/cart`);
  await page.getByText('is waiting to be paid').waitFor();
  await page.getByRole('link', { name: 'Pay it' }).click();
  await page.waitForURL(address);
  await payWith(page, '4242 4242 4242 4242');
  await heading(page, 'Thank you.');
  assert.deepEqual(await statuses(context), ['paid']);
});

test('answers that are lost, to the order and to the payment: trying again pays once', async () => {
  const { page, context } = await atCheckout();
  const lost = new Set();
  await page.route(/\/checkout(\/[\w-]+)?$/, async route => { // the order is made on the first, and paid on the second
    const path = new URL(route.request().url()).pathname.slice(0, 10);
    const sent = route.request().postData() ?? ''; // the page also reads the cart again, when it likes
    if (!sent.includes(path === '/checkout' ? 'postal_code' : 'pm_card') || lost.has(path)) return route.continue();
    lost.add(path);
    await route.fetch(); // Till has done it …
    return route.abort(); // … and nobody hears of it
  });
  const retry = page.getByRole('alert').getByText('you will not be charged twice');
  await payWith(page, '4242 4242 4242 4242');
  await retry.waitFor();
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.waitForURL(/checkout\/./);
  await retry.waitFor();
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByRole('heading', { name: /Thank you|This order is paid already/ }).waitFor();
  assert.deepEqual(await statuses(context), ['paid']);
});

test('two tabs share the cart, make one order of it, and pay it once', async () => {
  const { page: one, context } = await newPage(shop.url);
  const product = await newProduct(till);
  await addToCart(one, shop.url, product);
  const two = await context.newPage();
  await two.goto(`${shop.url}/cart`);
  await cartCount(two, 1);
  await one.getByRole('button', { name: /^One more/ }).last().click();
  await cartCount(two, 2); // without a reload

  await settled(two);
  await Promise.all([checkOut(one).dispatchEvent('click'), checkOut(two).dispatchEvent('click')]);
  await Promise.all([heading(one, 'Checkout'), heading(two, 'Checkout')]);
  const pay = page => page.getByRole('button', { name: /^Pay / });
  for (const page of [one, two]) await page.getByRole('button', { name: '4242 4242 4242 4242' }).click();
  await Promise.all([pay(one).dispatchEvent('click'), pay(two).dispatchEvent('click')]);
  // Each ends with the receipt, unless the other was so quick that there was no cart any more to order.
  const end = page => page.getByRole('heading', { name: /Thank you|This order is paid already|Your cart/ }).waitFor();
  await Promise.all([end(one), end(two)]);
  assert.deepEqual(await statuses(context), ['paid']);
});

test('a cart that another tab has changed is shown before it is ordered', async () => {
  const { page: one, context } = await newPage(shop.url);
  await addToCart(one, shop.url, await newProduct(till));
  await one.goto(`${shop.url}/cart`);
  const session = (await context.cookies()).find(({ name }) => name === 'till_session').value;
  const headers = { 'X-Session-Id': session };
  const [line] = await (await fetch(`${till.url}/cart`, { headers })).json();
  await fetch(`${till.url}/cart/${line.id}`, { method: 'DELETE', headers }); // nobody tells this page
  await checkOut(one).click();
  await one.getByRole('alert').getByText('Your cart has changed').first().waitFor();
  await cartCount(one, 0);
});

test('a thing that sells out between the cart and the order', async () => {
  const { page, context } = await newPage(shop.url);
  const [gone, few] = [await newProduct(till), await newProduct(till)];
  await addToCart(page, shop.url, gone);
  await page.goto(`${shop.url}/product/${few.id}`);
  await page.getByRole('button', { name: `One more: ${few.name}` }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await cartCount(page, 3);
  await page.goto(`${shop.url}/cart`);
  await admin(till, 'PATCH', `/products/${gone.id}`, { stock_quantity: 0 });
  await admin(till, 'PATCH', `/products/${few.id}`, { stock_quantity: 1 });
  await checkOut(page).click();
  await page.getByRole('alert').getByText('Not everything is there any more').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Pay / }).isDisabled(), true);
  await page.getByRole('link', { name: 'Change the cart' }).click();
  await heading(page, 'Your cart');
  assert.equal(await checkOut(page).isDisabled(), true);
  await page.getByRole('button', { name: `Remove ${gone.name}` }).click();
  await page.getByRole('button', { name: 'Take 1 instead' }).click();
  await cartCount(page, 1);
  await checkOut(page).click();
  await payWith(page, '4242 4242 4242 4242');
  await heading(page, 'Thank you.');
  assert.deepEqual((await ordersOf(context, till)).map(order => [order.status, order.items.length]), [['paid', 1]]);
});

test('more than there is cannot be added, and the cart says so', async () => {
  const { page } = await newPage(shop.url);
  const product = await newProduct(till, { stock_quantity: 1 });
  await addToCart(page, shop.url, product);
  await page.goto(`${shop.url}/product/${product.id}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('alert').getByText('There are not that many left.').waitFor();
  await cartCount(page, 1);
});
