// An order after it is paid: what its page shows of parcels and of what has happened, and how a guest finds it again.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { admin, check, db, freePort, heading, newPage, newProduct, paidOrder, sizes, startBoth, startShop, startTill } from './lib.mjs';

const ann = { name: 'Ann Smith', line1: 'Hauptstr. 1', city: 'Berlin', postal_code: '10115', country: 'DE' };

let till, shop, guests = 0;
before(async () => ({ till, shop } = await startBoth()));

const ship = (order, body) => admin(till, 'POST', `/orders/${order.id}/fulfillments`, body);
const change = (order, parcel, body) => admin(till, 'PATCH', `/orders/${order.id}/fulfillments/${parcel.id}`, body);

/** Two lamps and three cups for Ann, with an address of mail that only this order has. */
async function annsOrder() {
  const lamp = await newProduct(till, { name: 'Lamp' }), cup = await newProduct(till, { name: 'Cup <b>& saucer</b>' });
  const email = `ann${++guests}@example.com`;
  const order = await paidOrder(till, shop, [[lamp, 2], [cup, 3]], { email, shipping_address: ann });
  return { ...order, email };
}

/** The first parcel with a carrier that Till knows, the second with a link that nobody should follow. */
async function inTwoParcels(order) {
  const first = await ship(order, { items: [{ line: 0, quantity: 1 }], carrier: 'dhl', tracking_number: '0034 0434' });
  const second = await ship(order, { carrier: '<i>Bike</i>', tracking_number: 'B-7', tracking_url: 'http://bike.example/B-7' });
  return [first, second];
}

async function atOrder(order, options) {
  const opened = await newPage(shop.url, options);
  await opened.context.addCookies([order.cookie]);
  await opened.page.goto(`${shop.url}/orders/${order.id}`);
  return opened;
}

const parcels = page => page.getByRole('region', { name: /^Your parcels?$/ }).locator('ol > li');
const timeline = page => page.getByRole('region', { name: 'What has happened' }).getByRole('listitem');
const happened = async page => (await timeline(page).allTextContents()).map(text => text.replace(/\d+ \w+ \d{4}, \d\d:\d\d UTC$/, ''));
const standing = page => page.locator('p[role=status]').textContent();

for (const [size, javaScriptEnabled, colorScheme] of [['desk', true, 'light'], ['phone', true, 'dark'], ['phone', false, 'light']])
  test(`an order in parts, ${size}, ${javaScriptEnabled ? 'with' : 'without'} a script, ${colorScheme}`, async () => {
    const order = await annsOrder();
    const { page, troubles } = await atOrder(order, { viewport: sizes[size], javaScriptEnabled, colorScheme });
    await heading(page, `Order ${order.number}`);
    assert.deepEqual([await parcels(page).count(), await happened(page)], [0, ['Ordered', 'Paid']]);
    const first = await ship(order, { items: [{ line: 0, quantity: 1 }], carrier: 'dhl', tracking_number: '0034 0434' });
    await page.reload();
    assert.match(await standing(page), /^Paid on .* A part of it is on its way to you\.$/);
    const receipt = page.getByRole('region', { name: 'Receipt' });
    assert.deepEqual((await receipt.getByRole('listitem').allTextContents()).map(text => /(\d of \d sent|Sent)$/.exec(text)?.[0]), ['1 of 2 sent', '0 of 3 sent']);
    assert.match(await parcels(page).textContent(), /^ParcelOn its way1 × LampSent.*CarrierDHLTracking number0034 0434/);
    assert.deepEqual(await happened(page), ['Ordered', 'Paid', 'Parcel sent with DHL']);
    const link = page.getByRole('link', { name: 'Track it at dhl.com' });
    assert.deepEqual([await link.getAttribute('href'), await link.getAttribute('rel')], ['https://www.dhl.com/global-en/home/tracking.html?tracking-id=00340434', 'noreferrer nofollow']);

    const second = await ship(order, { carrier: '<i>Bike</i>', tracking_number: 'B-7', tracking_url: 'http://bike.example/B-7' });
    await change(order, first, { status: 'delivered' });
    await page.reload();
    assert.match(await standing(page), /It is on its way to you\.$/);
    assert.match(await parcels(page).nth(0).textContent(), /^Parcel 1Delivered.*Arrived/);
    assert.match(await parcels(page).nth(1).textContent(), /^Parcel 2On its way1 × Lamp3 × Cup <b>& saucer<\/b>Sent.*Carrier<i>Bike<\/i>Tracking numberB-7$/);
    assert.equal(await page.getByRole('link', { name: /Track it/ }).count(), 1, 'a link that is not https is none');
    assert.equal(await page.locator('main :is(b, i)').count(), 0);
    assert.deepEqual(await happened(page), ['Ordered', 'Paid', 'Parcel 1 sent with DHL', 'Parcel 2 sent with <i>Bike</i>', 'Parcel 1 delivered']);
    if (javaScriptEnabled) await check(page, 'an order in two parcels');

    await change(order, second, { status: 'delivered' });
    await page.reload();
    assert.match(await standing(page), /It has arrived\.$/);
    assert.deepEqual(troubles, []);
  });

test('a parcel that is called back is no parcel, one that is lost says so, and money that goes back is in the timeline', async () => {
  const order = await annsOrder();
  const [first, second] = await inTwoParcels(order);
  await change(order, first, { status: 'cancelled' });
  await change(order, second, { status: 'lost' });
  const { page } = await atOrder(order);
  assert.match(await parcels(page).textContent(), /^ParcelLost on the way1 × Lamp3 × Cup/);
  assert.deepEqual((await happened(page)).slice(2).sort(), ['Parcel called back, to be sent again', 'Parcel lost on the way', 'Parcel sent', 'Parcel sent with <i>Bike</i>']);
  await admin(till, 'POST', `/orders/${order.id}/refunds`, { amount: 125 });
  await page.reload();
  assert.match(await standing(page), /\$1\.25 of it has gone back to you\.$/);
  assert.equal((await happened(page)).at(-1), '$1.25 refunded');
  await admin(till, 'POST', `/orders/${order.id}/refund`);
  await page.reload();
  assert.equal(await standing(page), 'It was paid, and the money has gone back to you.');
  assert.equal((await happened(page)).at(-1), 'Refunded');
});

test('an order on paper: its parcels, with the address of the link, and what has happened', async () => {
  const order = await annsOrder();
  await inTwoParcels(order);
  const { page } = await atOrder(order, { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  for (const gone of [page.getByRole('link', { name: /Track it/ }), page.getByRole('button', { name: 'Print it' })]) assert.equal(await gone.isVisible(), false);
  assert.ok(await page.getByText('https://www.dhl.com/global-en/home/tracking.html?tracking-id=00340434').isVisible());
  assert.ok(await timeline(page).last().isVisible());
  const topOf = async region => (await page.getByRole('region', { name: region }).boundingBox()).y;
  assert.ok(await topOf('Receipt') < await topOf('Your parcels'), 'the receipt with the shop’s name comes first');
  await page.waitForTimeout(100); // colours take a millisecond to change
  await check(page, 'an order in two parcels, on paper');
});

async function atFind(options, at = shop) {
  const opened = await newPage(at.url, options);
  await opened.page.goto(`${at.url}/orders/find`);
  return opened;
}

async function find(page, number, email) {
  await page.getByLabel('Order number').fill(number);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button', { name: 'Find it' }).click();
}

const noteOf = async (page, label) => page.locator(`#${await page.getByLabel(label).getAttribute('aria-describedby')}`).textContent();

for (const [size, javaScriptEnabled, colorScheme] of [['desk', true, 'light'], ['phone', true, 'dark'], ['phone', false, 'light']])
  test(`a guest finds an order, ${size}, ${javaScriptEnabled ? 'with' : 'without'} a script, ${colorScheme}`, async () => {
    const order = await annsOrder();
    await inTwoParcels(order);
    const { page, context, troubles } = await atFind({ viewport: sizes[size], javaScriptEnabled, colorScheme });
    await find(page, '', 'ann@');
    await page.getByText('The order’s number is missing.').waitFor();
    assert.equal(await noteOf(page, 'Order number'), 'The order’s number is missing.');
    assert.deepEqual([await page.getByLabel('Order number').getAttribute('aria-invalid'), await page.getByLabel('Email').inputValue()], ['true', 'ann@']);
    await find(page, order.number, 'ann@');
    await page.getByText('This is no email address').waitFor();
    assert.match(await noteOf(page, 'Email'), /no email address/);
    if (javaScriptEnabled) {
      await page.waitForFunction(() => document.activeElement.id === 'email');
      await check(page, 'a look-up with an error');
    }
    for (const [number, email] of [[order.number, `x${order.email}`], ['K7QF9-29XM4', order.email]]) {
      await find(page, number, email);
      await page.getByRole('alert').getByText('We found no order with this number and this address.').waitFor();
      assert.equal(await page.getByLabel('Order number').inputValue(), number);
    }
    await find(page, order.number.toLowerCase().replace('-', ' '), order.email);
    await page.getByRole('heading', { name: `Order ${order.number}` }).waitFor();
    const found = page.getByRole('region', { name: `Order ${order.number}` });
    const text = await found.textContent();
    for (const there of ['On its way', '2 × Lamp', '3 × Cup <b>& saucer</b>']) assert.ok(text.includes(there), there);
    const html = await found.innerHTML();
    for (const secret of ['Ann Smith', 'Hauptstr', 'Berlin', '$', order.id, order.email]) assert.ok(!html.includes(secret), secret);
    assert.deepEqual(await happened(page), ['Ordered', 'Paid', 'Parcel sent', 'Parcel sent']);
    assert.match(await parcels(page).nth(0).textContent(), /^Parcel 1On its way1 × Lamp.*CarrierDHLTracking number0034 0434Track it at dhl\.com/);
    assert.match(await parcels(page).nth(1).textContent(), /1 × Lamp3 × Cup <b>& saucer<\/b>.*<i>Bike<\/i>/);
    if (javaScriptEnabled) {
      await page.waitForFunction(() => document.activeElement.id === 'found');
      await check(page, 'an order that was found');
    }
    assert.deepEqual(await context.cookies(), [], 'looking up makes no session');
    assert.ok(!page.url().includes('?'), 'neither number nor address gets into an address');
    assert.deepEqual(troubles, []);
  });

test('the keyboard alone finds an order', async () => {
  const order = await annsOrder();
  const { page } = await atFind();
  await page.getByLabel('Order number').focus();
  await page.keyboard.type(order.number);
  await page.keyboard.press('Tab');
  await page.keyboard.type(order.email);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Order ${order.number}` }).waitFor();
});

test('too many tries: the page says when to try again', async () => {
  const own = await startTill({ file: `${db}-tries` });
  const at = await startShop({ TILL_URL: own.url });
  const wrong = i => fetch(`${own.url}/orders/lookup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ number: 'K7QF9-29XM4', email: `bob${i}@example.com` }) });
  for (let i = 0; i < 20; i++) assert.equal((await wrong(i)).status, 404);
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await atFind({ javaScriptEnabled }, at);
    await find(page, 'K7QF9-29XM4', 'ann@example.com');
    await page.getByRole('alert').getByText(/^That were too many tries\. Try again in \d+ minutes\.$/).waitFor();
  }
});

test('an order of another browser leads to the look-up', async () => {
  const order = await annsOrder();
  const { page } = await newPage(shop.url);
  assert.equal((await page.goto(`${shop.url}/orders/${order.id}`)).status(), 404);
  await heading(page, 'That is not an order of yours.');
  await page.getByRole('link', { name: 'Find your order' }).click();
  await heading(page, 'Find your order');
});

const linkMails = async (at, order) => (await admin(at, 'GET', '/admin/mails')).filter(({ kind, to }) => kind === 'order_link' && to === order.email);

/** The path of the link in the newest mail to the order's address. */
async function linkTo(order, at = till) {
  const [{ id }] = await linkMails(at, order);
  return /\/orders\/open#\S+/.exec((await admin(at, 'GET', `/admin/mails/${id}`)).text)[0];
}

for (const [size, javaScriptEnabled] of [['desk', true], ['phone', false]])
  test(`a guest asks for a link, ${size}, ${javaScriptEnabled ? 'with' : 'without'} a script, and it opens the whole order in any browser`, async () => {
    const order = await annsOrder();
    const asking = await atFind({ viewport: sizes[size], javaScriptEnabled });
    for (const email of [`x${order.email}`, order.email]) {
      await asking.page.getByLabel('Order number').fill(order.number);
      await asking.page.getByLabel('Email').fill(email);
      await asking.page.getByRole('button', { name: 'Mail me a link' }).click();
      await asking.page.getByRole('status').getByText('If number and address belong together, a mail with the link is on its way.').waitFor();
    }
    assert.equal((await linkMails(till, order)).length, 1);
    assert.deepEqual(asking.troubles, []);
    const link = await linkTo(order), token = link.split('#')[1];
    for (const browser of ['one', 'another']) {
      const { page, context, troubles, sent } = await newPage(shop.url, { viewport: sizes[size] });
      await page.goto(shop.url + link);
      await heading(page, `Order ${order.number}`);
      assert.equal(page.url(), `${shop.url}/orders/${order.id}`, browser);
      assert.ok(await page.getByText('Hauptstr. 1').isVisible());
      assert.deepEqual(sent.filter(text => text.split(' ')[1].includes(token)), [], 'the token is in no address');
      assert.equal(sent.filter(text => text.includes(token)).length, 1);
      assert.ok((await context.cookies()).some(({ name, httpOnly }) => name === 'till_session' && httpOnly));
      await page.reload();
      await heading(page, `Order ${order.number}`);
      assert.deepEqual(troubles, []);
    }
  });

test('a link that is wrong or not whole says so, and leads to the look-up; without a script it does that at once', async () => {
  const { page, troubles } = await newPage(shop.url);
  await page.goto(`${shop.url}/orders/open#wrong`);
  await page.getByText('The link is no longer valid.').waitFor();
  await check(page, 'a link that is over');
  await page.goto(`${shop.url}/orders/open`);
  await page.getByText('The link is not whole.').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Find it by its number' }).click();
  await heading(page, 'Find your order');
  assert.deepEqual(troubles, []);
  const plain = await newPage(shop.url, { javaScriptEnabled: false });
  await plain.page.goto(`${shop.url}/orders/open#wrong`);
  assert.match(await plain.page.content(), /<noscript><p[^>]*>Opening the link needs JavaScript/);
  await plain.page.getByRole('main').getByRole('link', { name: 'Find it by its number' }).click();
  await heading(plain.page, 'Find your order');
});

test('cross origin, a link opens its order too', async () => {
  const port = await freePort();
  const own = await startTill({ file: `${db}-cross`, args: ['--cors-origin', `http://127.0.0.1:${port}`] });
  const at = await startShop({ TILL_URL: own.url, TILL_PUBLIC_URL: own.url }, port);
  const order = { ...await paidOrder(own, at, [[await newProduct(own), 1]], { email: 'ann@example.com' }), email: 'ann@example.com' };
  const { page, troubles, sent } = await newPage([at.url, own.url]);
  await page.goto(`${at.url}/orders/find`);
  await page.getByLabel('Order number').fill(order.number);
  await page.getByLabel('Email').fill(order.email);
  await page.getByRole('button', { name: 'Mail me a link' }).click();
  await page.getByText('is on its way.').waitFor();
  await page.goto(at.url + await linkTo(order, own));
  await heading(page, `Order ${order.number}`);
  assert.ok(sent.some(text => text.startsWith(`POST ${own.url}/orders/access `)));
  assert.deepEqual(troubles, []);
});
