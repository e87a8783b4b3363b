// The checkout: what it asks, what it says, what it comes to; with a script and without one, on a desk and on a phone.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { admin, audit, cartWith, db, heading, newPage, newProduct, ordersOf, payWith, startBoth, startShop, startTill } from './lib.mjs';

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const ann = { Email: 'ann@example.com', 'Full name': 'Ann Smith', 'Street and number': 'Hauptstr. 1', City: 'Berlin', 'Postal code': '10115' };

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

/** A page at the checkout with one thing in the cart. */
async function atCheckout({ price = 1250, quantity = 1, at = { till, shop }, ...options } = {}) {
  const opened = await newPage(at.shop.url, options);
  const product = await newProduct(at.till, { price });
  await opened.context.addCookies([await cartWith(at.till, at.shop, product, quantity)]);
  await opened.page.goto(`${at.shop.url}/checkout`);
  await heading(opened.page, 'Checkout');
  return { ...opened, product };
}

async function fill(page, fields) {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

const total = (page, text) => page.getByTestId('total').getByText(text, { exact: true }).waitFor();
const still = page => page.locator('[data-testid=totals][aria-busy=false]').waitFor();
const focused = page => page.evaluate(() => document.activeElement.id);
const pay = page => page.getByRole('button', { name: /^Pay / }).click();

/** The text that describes a field. */
const noteOf = async (page, label) => {
  const id = await page.getByLabel(label, { exact: true }).getAttribute('aria-describedby');
  return id && page.locator(`#${id}`).textContent();
};

/** The first of the shopper's orders, in full. */
async function detailsOf(context) {
  const [{ id }] = await ordersOf(context, till);
  const { value } = (await context.cookies()).find(({ name }) => name === 'till_session');
  return (await fetch(`${till.url}/orders/${id}/details`, { headers: { 'X-Session-Id': value } })).json();
}

for (const [size, viewport] of Object.entries(sizes))
  test(`a parcel to Berlin, ${size}: totals follow, and receipt and history show it all`, async () => {
    const { page, context, troubles, product } = await atCheckout({ viewport, price: 5000, quantity: 2 });
    await total(page, '$100.00');
    await page.getByText('Choose a country to choose how it is sent.').waitFor();
    await page.getByLabel('Country').selectOption({ label: 'Germany' });
    await total(page, '$104.90');
    await page.getByTestId('totals').getByText('Shipping, Standard').waitFor();
    await page.getByTestId('totals').getByText('$16.75').waitFor(); // 19 % that are in the price: 1597 + 78
    await page.getByRole('radio', { name: /Express.*1–2 working days.*\$12\.90/ }).check();
    await total(page, '$112.90');
    await fill(page, ann);
    await payWith(page, '4242 4242 4242 4242');
    await heading(page, 'Thank you.');

    const receipt = page.getByRole('region', { name: 'Receipt' }), recipient = page.getByTestId('recipient');
    const { number, ...details } = await detailsOf(context);
    assert.deepEqual([details.total_amount, details.tax_included, details.shipping_method, details.email], [11290, true, 'Express', 'ann@example.com']);
    for (const text of [number, `2 × ${product.name}`, '$100.00', 'Shipping, Express', '$12.90', 'Includes VAT 19%', '$18.03', '$112.90', 'Paid'])
      assert.ok((await receipt.textContent()).includes(text), text);
    for (const text of ['Ann Smith', 'Hauptstr. 1', '10115 Berlin', 'Germany', 'Express', 'ann@example.com'])
      assert.ok((await recipient.textContent()).includes(text), text);
    await page.getByRole('link', { name: 'All your orders' }).click();
    await page.getByRole('link', { name: `Order ${number}` }).waitFor();
    await page.getByText('to Ann Smith by Express').waitFor();
    assert.deepEqual(troubles, []);
    audit();
  });

test('the browser can fill it in: each field has the token that HTML gives it', async () => {
  const { page } = await atCheckout();
  await page.getByLabel('Country').selectOption('US');
  const tokens = await page.locator('form[aria-label=Checkout] :is(input, select)[name][autocomplete]').evaluateAll(all => all.map(({ name, autocomplete }) => [name, autocomplete]));
  assert.deepEqual(Object.fromEntries(tokens), {
    email: 'email', country: 'shipping country', name: 'shipping name', line1: 'shipping address-line1', line2: 'shipping address-line2',
    postal_code: 'shipping postal-code', city: 'shipping address-level2', region: 'shipping address-level1', phone: 'shipping tel',
  });
});

test('a country has the fields that its addresses have, by the names that they have there', async () => {
  const { page, context } = await atCheckout();
  const country = page.getByLabel('Country');
  assert.equal(await page.locator('#name').getAttribute('required'), null, 'no address, nothing required');
  await country.selectOption('DE');
  assert.deepEqual([await page.locator('#postal_code').getAttribute('required'), await page.locator('#region').count()], ['', 0]);
  await fill(page, { ...ann, 'Postal code': '' });
  await country.selectOption('US');
  await still(page);
  await payWith(page, '4242 4242 4242 4242');
  await page.getByText('State is missing.').waitFor();
  assert.equal(await noteOf(page, 'ZIP code'), 'ZIP code is missing.');
  assert.equal(await focused(page), 'postal_code', 'the first that is wrong');
  assert.equal(await page.getByLabel('City').inputValue(), 'Berlin', 'what was typed stays');
  await country.selectOption('HK');
  assert.equal(await page.locator('#postal_code').count(), 0);
  await pay(page);
  await heading(page, 'Thank you.');
  const { shipping_address } = await detailsOf(context);
  assert.deepEqual([shipping_address.country, shipping_address.postal_code, shipping_address.city], ['HK', null, 'Berlin']);
});

test('what Till refuses stands beside its field, and goes once it is changed', async () => {
  const { page, context } = await atCheckout();
  await fill(page, { Email: 'ann@' });
  await payWith(page, '4242 4242 4242 4242');
  await page.getByText('This is no email address').waitFor();
  assert.match(await noteOf(page, 'Email'), /no email address/);
  assert.equal(await page.getByLabel('Email').getAttribute('aria-invalid'), 'true');
  await page.waitForFunction(() => document.activeElement.id === 'email');
  assert.deepEqual(await ordersOf(context, till), []);
  await fill(page, { Email: 'ann@example.com' });
  assert.equal(await noteOf(page, 'Email'), null);
  await page.getByLabel('Country').selectOption('DE');
  await fill(page, { 'Postal code': 'ABC' });
  await page.getByText('This does not look like a postal code of the country').waitFor(); // a hint, and no error
  assert.equal(await page.getByLabel('Postal code').getAttribute('aria-invalid'), 'false');
});

test('nothing moves when the total changes, and shipping is free from a subtotal on', async () => {
  for (const viewport of Object.values(sizes)) {
    const { page, context } = await atCheckout({ viewport, price: 15000 });
    const places = () => page.evaluate(() => {
      const topOf = at => document.querySelector(at).getBoundingClientRect().top;
      const order = 'section[aria-label="Your order"]'; // which stays in the window
      return [document.querySelector(order).offsetHeight, topOf('[data-testid=total]') - topOf(order), ...['#email', '#country', '#part-shipping', '#part-payment'].map(at => topOf(at) + scrollY)];
    });
    await page.getByLabel('Country').selectOption('AT'); // like none: no region, with a postal code
    const had = await places();
    await total(page, '$150.00');
    await page.getByTestId('totals').getByText('Free').waitFor();
    await page.getByRole('radio', { name: /Standard.*Free/ }).waitFor();
    assert.deepEqual(await places(), had);
    await page.getByLabel('Country').selectOption('DE');
    await page.getByTestId('totals').getByText('$23.95').waitFor(); // a tax comes, and Free stays
    await page.getByRole('radio', { name: /Express/ }).check();
    await total(page, '$162.90');
    assert.deepEqual(await places(), had);
    await context.close();
  }
});

test('the last answer wins, and what is newer ends what is older', async () => {
  const { page } = await atCheckout();
  let release, aborted = 0;
  const late = new Promise(resolve => { release = resolve; });
  page.on('requestfailed', request => { if (request.url().endsWith('/quote')) aborted++; });
  await page.route('**/api/checkout/quote', async route => {
    if (route.request().postDataJSON().shipping_address?.country === 'DE') await late;
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest(request => request.url().endsWith('/quote'));
  await page.getByLabel('Country').selectOption('DE');
  await asked;
  await page.getByLabel('Country').selectOption('FR');
  await total(page, '$17.40');
  release();
  await page.waitForTimeout(300);
  assert.equal(aborted, 1);
  assert.equal(await page.getByTestId('totals').getByText('Includes').first().isVisible(), false, 'the tax would be of Germany');
});

test('a price that rises meanwhile: both totals are shown, and nothing is ordered before it is asked again', async () => {
  const { page, context, product } = await atCheckout();
  await total(page, '$12.50');
  await page.waitForLoadState('networkidle'); // it looks at the cart once more when its script comes
  await admin(till, 'PATCH', `/products/${product.id}`, { price: 1500 });
  await payWith(page, '4242 4242 4242 4242');
  await page.getByRole('alert').getByText('from $12.50 to $15.00').waitFor();
  assert.deepEqual(await ordersOf(context, till), []);
  await total(page, '$15.00');
  await page.getByRole('button', { name: 'Pay $15.00' }).click();
  await heading(page, 'Thank you.');
  assert.equal((await ordersOf(context, till))[0].total_amount, 1500);
});

test('who pays before the total has come is not sent anything in a way that was not chosen', async () => {
  const { page, context } = await atCheckout();
  await page.route('**/api/checkout/quote', async route => { await new Promise(resolve => setTimeout(resolve, 400)); await route.continue().catch(() => {}); });
  await page.getByRole('button', { name: '4242 4242 4242 4242' }).click();
  await fill(page, { ...ann });
  await page.getByLabel('Country').selectOption('DE');
  await pay(page);
  await page.getByRole('alert').getByText('from $12.50 to $17.40').waitFor();
  assert.deepEqual(await ordersOf(context, till), []);
  await pay(page);
  await heading(page, 'Thank you.');
  assert.equal((await detailsOf(context)).shipping_method, 'Standard');
});

test('what the shop requires is marked and asked for, in one go', async () => {
  const own = {};
  own.till = await startTill({ file: `${db}-requires` });
  own.shop = await startShop({ TILL_URL: own.till.url });
  await admin(own.till, 'PATCH', '/admin/settings', { checkout_requires: ['email', 'address', 'shipping'], ship_to: ['AT', 'DE'], prices_include_tax: false });
  const { page, context } = await atCheckout({ at: own });
  assert.equal(await page.getByText('optional', { exact: true }).count(), 0);
  assert.deepEqual(await page.getByLabel('Country').locator('option').allTextContents(), ['Choose a country', 'Austria', 'Germany']);
  await payWith(page, '4242 4242 4242 4242');
  await page.getByText('Email is missing.').waitFor();
  const missing = await page.locator('form[aria-label=Checkout] [aria-invalid=true]').evaluateAll(all => all.map(({ id }) => id));
  assert.deepEqual(missing, ['email', 'country', 'name', 'line1', 'city']);
  assert.equal(await focused(page), 'email');
  await page.getByLabel('Country').selectOption('DE');
  await page.getByTestId('totals').getByText('Tax').waitFor();
  await total(page, '$20.71'); // 12.50 + 4.90, and 19 % of each on top
  await fill(page, ann);
  await pay(page);
  await heading(page, 'Thank you.');
  assert.match(await page.getByRole('region', { name: 'Receipt' }).textContent(), /VAT 19%\$3\.31/);
  await context.close();
});

test('without a script: quoted, refused, changed, ordered, up to the payment', async () => {
  const { page, context, product } = await atCheckout({ javaScriptEnabled: false });
  const update = page.getByRole('button', { name: 'Update the total' }), order = page.getByRole('button', { name: 'Order and go on to the payment' });
  await page.getByLabel('Country').selectOption('US');
  await update.click();
  await total(page, '$17.40');
  await page.getByRole('radio', { name: /Express/ }).check();
  await fill(page, { 'Full name': 'Ann Smith', 'Street and number': '1 Main St' });
  await update.click();
  await total(page, '$25.40');
  await order.click();
  await page.getByText('State is missing.').waitFor();
  assert.equal(await noteOf(page, 'City'), 'City is missing.');
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Ann Smith');
  assert.equal(await page.getByRole('radio', { name: /Express/ }).isChecked(), true);
  await fill(page, { City: 'Springfield', State: 'IL', 'ZIP code': '62701', Email: 'ann@' });
  await order.click();
  await page.getByText('This is no email address').waitFor();
  await fill(page, { Email: 'ann@example.com' });
  await admin(till, 'PATCH', `/products/${product.id}`, { price: 2000 });
  await order.click();
  await page.getByRole('alert').getByText('from $25.40 to $32.90').waitFor();
  assert.deepEqual(await ordersOf(context, till), []);
  await order.click();
  await page.getByRole('region', { name: 'What you are paying for' }).waitFor();
  await page.getByText('Springfield').waitFor();
  const details = await detailsOf(context);
  assert.deepEqual([details.status, details.total_amount, details.shipping_method, details.shipping_address.region], ['pending', 3290, 'Express', 'IL']);
});

test('without a script and without a word: the order is made as it always was', async () => {
  const { page, context } = await atCheckout({ javaScriptEnabled: false });
  await page.getByRole('button', { name: 'Order and go on to the payment' }).click();
  await page.getByRole('region', { name: 'What you are paying for' }).waitFor();
  const details = await detailsOf(context);
  assert.deepEqual([details.total_amount, details.email, details.shipping_address, details.shipping_method], [1250, null, null, null]);
});

test('on paper: black on white, address and lines, without the shop around it, on one page of A4 or Letter', async () => {
  const { page } = await atCheckout({ colorScheme: 'dark' });
  await page.getByLabel('Country').selectOption('DE');
  await fill(page, ann);
  await still(page);
  await payWith(page, '4242 4242 4242 4242');
  await heading(page, 'Thank you.');
  for (const format of ['A4', 'Letter']) {
    const pdf = (await page.pdf({ format, printBackground: true })).toString('latin1');
    assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1, format);
  }
  await page.emulateMedia({ media: 'print' });
  for (const gone of [page.getByRole('banner'), page.getByRole('contentinfo'), page.getByRole('button', { name: 'Print it' }), page.getByRole('link', { name: 'All your orders' })])
    assert.equal(await gone.isVisible(), false);
  for (const there of [page.getByTestId('order-number'), page.getByText('Hauptstr. 1'), page.getByTestId('order-total')]) assert.ok(await there.isVisible());
  await page.waitForTimeout(100); // colours take a millisecond to change
  const colours = await page.getByTestId('order-total').evaluate(node => [getComputedStyle(node).color, getComputedStyle(document.body).backgroundColor]);
  assert.deepEqual(colours, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
});
