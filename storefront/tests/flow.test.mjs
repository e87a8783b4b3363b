// The whole way from the window to the receipt, with a script, without one, and with one that is late.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addToCart, audit, cartCount, heading, newPage, newProduct, ordersOf, payWith, settled, startBoth } from './lib.mjs';

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

test('browse, search, filter, add, change, order, a declined card, a good one, confirmation, history', async () => {
  const { page, context, troubles, sent } = await newPage(shop.url);
  await page.goto(shop.url);
  await page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name: 'audio' }).click();
  await heading(page, 'Audio');

  // Words come and go as one types, and the address follows.
  const box = page.getByRole('combobox', { name: 'Search the shop' });
  await box.fill('hedphones');
  await page.getByRole('option').first().waitFor();
  await box.press('Enter');
  await page.waitForURL('**/search?q=hedphones');
  await page.getByRole('link', { name: 'Wireless over-ear headphones' }).waitFor();
  await box.fill('lamp'); // on the page of results they follow what is typed
  await page.waitForURL('**/search?q=lamp');
  await page.getByRole('link', { name: 'Mushroom table lamp' }).waitFor();

  // Filters count what they would find, and are in the address too.
  const filters = page.getByRole('complementary', { name: 'Filters' });
  await filters.getByRole('link', { name: /^lighting/i }).click();
  await page.waitForURL(/category=lighting/);
  const band = filters.getByRole('link', { name: /\$100 to \$250/ });
  const promised = Number(/(\d+)$/.exec((await band.textContent()).trim())[1]);
  await band.click();
  await page.waitForURL(/min_price=10000&max_price=24999/);
  await page.getByText(`${promised} things`, { exact: true }).waitFor();
  await page.getByLabel('Sort by').selectOption('price_asc');
  await page.waitForURL(/sort=price_asc/);
  const prices = () => page.locator('main article p.figures').allTextContents();
  await page.waitForFunction(() => {
    const prices = [...document.querySelectorAll('main article p.figures')].map(node => Number(node.textContent.replace(/\D/g, '')));
    return prices.every((price, i) => i === 0 || price >= prices[i - 1]);
  });
  assert.equal((await prices()).length, promised);
  const shared = await newPage(shop.url);
  await shared.page.goto(page.url());
  assert.deepEqual(await shared.page.locator('main article p.figures').allTextContents(), await prices(), 'the address is all there is to it');

  await page.getByRole('link', { name: 'Mushroom table lamp' }).click();
  await heading(page, 'Mushroom table lamp');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  const drawer = page.getByRole('dialog', { name: /^Cart/ });
  await drawer.getByText('Mushroom table lamp').waitFor();
  await drawer.getByRole('button', { name: 'One more: Mushroom table lamp' }).click();
  await drawer.getByRole('button', { name: 'One more: Mushroom table lamp' }).click();
  await drawer.getByRole('button', { name: 'One fewer: Mushroom table lamp' }).click();
  await drawer.getByTestId('total').getByText('$290.00').waitFor();
  await settled(page);
  await page.reload();
  await cartCount(page, 2);

  await page.getByRole('link', { name: /^Cart/ }).first().click();
  await drawer.getByRole('button', { name: 'Check out' }).click();
  await heading(page, 'Checkout');
  await payWith(page, '4000000000000002'); // and nothing else: the shop asks for nothing else
  await page.getByRole('alert').getByText('declined').waitFor();
  await cartCount(page, 0);
  await payWith(page, '4242424242424242');
  await heading(page, 'Thank you.');
  assert.match(await page.getByTestId('order-total').textContent(), /\$290\.00/);
  assert.match(await page.getByRole('region', { name: 'Receipt' }).textContent(), /2 × Mushroom table lamp/);

  await page.getByRole('link', { name: 'All your orders' }).click();
  await heading(page, 'Your orders');
  await page.getByText('Paid', { exact: true }).waitFor();
  const orders = await ordersOf(context, till);
  assert.deepEqual(orders.map(({ status, total_amount }) => [status, total_amount]), [['paid', 29000]]);
  assert.deepEqual(sent.filter(text => /4242 ?4242|4000 ?0000/.test(text)), [], 'no card number has left the browser');
  assert.deepEqual(troubles, []);
  audit();
});

test('a card that asks the bank is charged once the shopper agrees, and not before', async () => {
  const { page, context, troubles } = await newPage(shop.url);
  await addToCart(page, shop.url, await newProduct(till));
  await page.getByRole('button', { name: 'Check out' }).click();
  await payWith(page, '4000 0025 0000 3155');
  await page.getByRole('button', { name: 'It is not' }).click();
  await page.getByRole('alert').getByText('Nothing was charged').waitFor();
  assert.equal((await ordersOf(context, till))[0].status, 'pending');
  await payWith(page, '4000 0025 0000 3155');
  await page.getByRole('button', { name: 'It is me' }).click();
  await heading(page, 'Thank you.');
  assert.equal((await ordersOf(context, till))[0].status, 'paid');
  assert.deepEqual(troubles, []);
});

test('the card form says what is wrong, and beside the field', async () => {
  const { page } = await newPage(shop.url);
  await addToCart(page, shop.url, await newProduct(till));
  await page.getByRole('button', { name: 'Check out' }).click();
  await payWith(page, '1234');
  await page.getByText('The number is incomplete.').waitFor();
  assert.equal(await page.getByLabel('Card number').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'card-number');
});

test('an order can be taken back before it is paid', async () => {
  const { page, context } = await newPage(shop.url);
  const product = await newProduct(till, { stock_quantity: 1 });
  await addToCart(page, shop.url, product);
  await page.getByRole('button', { name: 'Check out' }).click();
  await payWith(page, '4000000000000002');
  await page.getByRole('button', { name: 'Change it' }).click();
  await heading(page, 'Your cart');
  await cartCount(page, 1);
  assert.equal((await ordersOf(context, till))[0].status, 'cancelled');
  await page.getByRole('button', { name: 'Check out' }).click();
  await payWith(page, '4242 4242 4242 4242');
  await heading(page, 'Thank you.');
});

test('without a script: links, search, filters, sorting, the cart and the order work', async () => {
  const { page, context } = await newPage(shop.url, { javaScriptEnabled: false });
  await page.goto(shop.url);
  await page.getByRole('combobox').fill('mushrom lamp');
  await page.getByRole('combobox').press('Enter');
  await page.getByRole('link', { name: 'Mushroom table lamp' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await heading(page, 'Your cart');
  await page.getByRole('button', { name: 'One more: Mushroom table lamp' }).click();
  await page.getByTestId('total').getByText('$290.00').waitFor();
  await page.getByRole('button', { name: 'Check out' }).click();
  await heading(page, 'Checkout');
  await page.getByRole('button', { name: 'Order and go on to the payment' }).click();
  await page.getByRole('region', { name: 'What you are paying for' }).waitFor();
  assert.match(await page.content(), /<noscript><p[^>]*>Paying by card needs JavaScript/);
  await page.goto(`${shop.url}/cart`);
  await page.getByText('is waiting to be paid').waitFor();
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByTestId('total').getByText('$290.00').waitFor();
  assert.deepEqual((await ordersOf(context, till)).map(({ status }) => status), ['cancelled']);
});

test('a script that is late is not waited for', async () => {
  const { page } = await newPage(shop.url);
  let release;
  const late = new Promise(resolve => { release = resolve; });
  await page.route('**/_next/static/**/*.js', async route => { await late; await route.continue().catch(() => {}); });
  const product = await newProduct(till);
  await page.goto(`${shop.url}/product/${product.id}`, { waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.waitForURL('**/cart', { waitUntil: 'commit' });
  await page.getByRole('link', { name: product.name }).waitFor();
  release();
});

test('a search from everything is ordered by what matches best, and keeps an order that was chosen for it', async () => {
  const { page } = await newPage(shop.url);
  const orderOf = () => page.getByLabel('Sort by').inputValue();
  const box = page.getByRole('combobox', { name: 'Search the shop' });
  await page.goto(`${shop.url}/search?sort=price_asc`);
  await box.fill('lamp');
  await page.waitForURL(/q=lamp/);
  await heading(page, '“lamp”');
  assert.equal(await orderOf(), 'relevance');
  await page.getByLabel('Sort by').selectOption('price_desc');
  await page.waitForURL(/price_desc/);
  await box.fill('lamps');
  await page.waitForURL(/q=lamps/);
  await heading(page, '“lamps”');
  assert.equal(await orderOf(), 'price_desc');
});

test('a double click on Add to cart adds one, and the drawer stays open', async () => {
  const { page } = await newPage(shop.url);
  const product = await newProduct(till);
  await page.goto(`${shop.url}/product/${product.id}`);
  const { x, y, width, height } = await page.getByRole('button', { name: 'Add to cart' }).boundingBox();
  await page.mouse.dblclick(x + width / 2, y + height / 2, { delay: 20 }); // where it was, as a hand does
  await cartCount(page, 1);
  await settled(page);
  await page.waitForTimeout(700);
  assert.ok(await page.getByRole('dialog').isVisible());
  await page.mouse.click(20, 300); // beside it
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('two tabs that put the first things into a cart at once have one cart', async () => {
  const { page: one, context } = await newPage(shop.url);
  const two = await context.newPage();
  const products = [await newProduct(till), await newProduct(till)];
  await Promise.all([one, two].map((page, i) => page.goto(`${shop.url}/product/${products[i].id}`, { waitUntil: 'networkidle' })));
  await Promise.all([one, two].map(page => page.getByRole('button', { name: 'Add to cart' }).click()));
  await Promise.all([one, two].map(page => cartCount(page, 2)));
});
