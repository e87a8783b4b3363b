// Orders at the desk: found, shipped in part and many at once, refunded, noted, cancelled, taken by phone.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { buy, check, newProduct, open, owner, people } from './lib.js';
import { openPage, page, row, toast, troubles } from './one_page.js';

let product, other;

openPage({ acceptDownloads: true });
before(async () => {
  product = await newProduct({ name: 'Blue vase', price: 2000 });
  other = await newProduct({ name: 'Tea towel', price: 700 });
});

const detailsOf = async order => (await owner('GET', `/admin/orders/${order.id}`)).order;

test('an order is found by its number, and by the beginning of an email address', async () => {
  const order = await buy([[product, 1]], { person: people[3] });
  await open(page, '#/orders');
  await page.getByRole('searchbox').fill(order.number.toLowerCase());
  await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 1);
  await row(order.number).waitFor();
  await page.getByRole('searchbox').fill('chloe.dub');
  await row(order.number).waitFor();
  await page.getByRole('searchbox').fill('nobody at all');
  await page.getByText('No order matches').waitFor();
});

test('half of an order is shipped with a carrier and a number, and the parcel arrives', async () => {
  const order = await buy([[product, 2], [other, 2]]);
  await open(page, `#/orders/${order.id}`);
  await page.getByRole('button', { name: 'Mark shipped' }).click();
  await page.getByRole('button', { name: 'Less: Tea towel' }).click();
  await page.getByRole('button', { name: 'Less: Tea towel' }).click();
  await page.getByLabel('Carrier').fill('DHL');
  await page.getByLabel('Tracking number').fill('00340434161094042557');
  await check(page, 'the dialog that ships');
  await page.getByRole('button', { name: 'Mark 2 items shipped' }).click();
  await page.getByText('Partly shipped').waitFor();
  const shown = await page.getByRole('link', { name: 'DHL 00340434161094042557' }).getAttribute('href');
  assert.match(shown, /^https:\/\/www\.dhl\.com/);
  const half = await detailsOf(order);
  assert.deepEqual(half.fulfillments.map(({ items }) => items), [[{ line: 0, quantity: 2 }]]);
  await page.getByRole('button', { name: 'Mark shipped' }).click();
  await page.getByRole('button', { name: 'Mark 2 items shipped' }).click();
  await page.getByRole('button', { name: 'Mark delivered' }).nth(1).waitFor();
  await page.getByRole('button', { name: 'Mark delivered' }).first().click();
  await toast('Marked as delivered').waitFor();
  await page.getByRole('button', { name: 'Cancel parcel' }).last().click();
  await toast('Parcel cancelled').waitFor();
  await page.getByText('Partly shipped').waitFor();
  assert.deepEqual((await detailsOf(order)).fulfillments.map(({ status }) => status), ['delivered', 'cancelled']);
});

test('money goes back: an amount, then an item with its share of the shipping', async () => {
  const order = await buy([[product, 1], [other, 3]]);
  await open(page, `#/orders/${order.id}`);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await page.getByLabel('An amount').check();
  await page.getByLabel('Amount', { exact: true }).fill('5.00');
  await page.getByLabel('Reason').fill('A scratch');
  await check(page, 'the dialog that refunds');
  await page.getByRole('button', { name: 'Refund $5.00' }).click();
  await toast('$5.00 goes back').waitFor();
  await page.getByText('Partly refunded').first().waitFor();
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await page.getByRole('button', { name: 'More: Tea towel' }).click();
  await page.getByRole('button', { name: 'Refund $7.00' }).click();
  await toast('$7.00 goes back').waitFor();
  const now = await detailsOf(order);
  assert.equal(now.refunded_amount, 1200);
  assert.equal(now.items[1].refunded_quantity, 1);
  await page.getByText('1 taken back').waitFor();
  await page.locator('.timeline').getByText('A scratch').waitFor();
  await page.locator('.totals', { hasText: 'Kept' }).getByText('$29.00').waitFor();
});

test('the list says what is sent or given back in part, and the email address if two have one name', async () => {
  const one = await buy([[product, 2]], { person: ['Sam Twin', 'sam.one@example.com', '1 High Street', 'London', 'SW1A 1AA', 'GB'] });
  const two = await buy([[other, 1]], { person: ['Sam Twin', 'sam.two@example.com', '2 High Street', 'London', 'SW1A 1AA', 'GB'] });
  await owner('POST', `/orders/${one.id}/fulfillments`, { items: [{ line: 0, quantity: 1 }] });
  await owner('POST', `/orders/${one.id}/refunds`, { amount: 500 });
  await open(page, '#/orders?q=sam%20t');
  await row(one.number).getByText('Partly shipped').waitFor();
  await row(one.number).getByText('Partly refunded').waitFor();
  await row(two.number).getByText('sam.two@example.com').waitFor();
  await page.getByRole('link', { name: 'Refunded', exact: true }).click();
  await page.getByText('Orders whose money went back in full.').waitFor();
  await open(page, '#/orders?view=expired');
  await page.getByText('No order expired').waitFor();
});

test('an order has its mails, and a mail its order', async () => {
  const order = await buy([[other, 1]]);
  await open(page, `#/orders/${order.id}`);
  const mails = page.getByRole('region', { name: 'Mails' });
  await mails.getByText('The shop sends no mail yet').waitFor();
  await mails.getByRole('link', { name: 'Order confirmed' }).click();
  await page.getByText('It is held because the shop sends no mail yet.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Send/ }).count(), 0);
  await page.getByRole('link', { name: order.number }).click();
  await page.getByRole('heading', { level: 1, name: `Order ${order.number}` }).waitFor();
});

test('an amount that is too large is refused, and the dialog says so', async () => {
  const order = await buy([[other, 1]]);
  await open(page, `#/orders/${order.id}`);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await page.getByLabel('An amount').check();
  await page.getByLabel('Amount', { exact: true }).fill('999');
  await page.getByText('At most $7.00 can be given back').waitFor();
  await page.getByRole('button', { name: /^Refund \$999/ }).click();
  await page.getByRole('alert').getByText('Something is not right yet').waitFor();
  await page.getByLabel('Amount', { exact: true }).fill('ten');
  await page.getByText('Type an amount such as 12.50').waitFor();
  await page.getByRole('button', { name: 'All that is left' }).click();
  await page.getByRole('button', { name: 'Refund $7.00' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a note shows at once, and is taken back if it was not kept', async () => {
  const order = await buy([[other, 1]]);
  await open(page, `#/orders/${order.id}`);
  await page.getByLabel('Note').fill('Called: after 5 pm');
  await page.getByRole('button', { name: 'Add note' }).click();
  await page.locator('.timeline').getByText('Called: after 5 pm').waitFor();
  await page.route('**/notes', route => route.fulfill({ status: 503, contentType: 'application/json', body: '{"detail": "The server is stopping"}' }));
  await page.getByLabel('Note').fill('This one is lost');
  await page.getByRole('button', { name: 'Add note' }).click();
  await toast('The note was not kept').waitFor();
  await page.locator('.timeline').getByText('This one is lost').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Note').inputValue(), 'This one is lost');
  await page.unroute('**/notes');
  await toast('The note was not kept').getByRole('button', { name: 'Close' }).click();
  assert.deepEqual(troubles.splice(0).filter(text => !/503/.test(text)), []);
});

test('several orders are marked shipped at once, one that is refused comes back, and it can be undone', async () => {
  const orders = [await buy([[other, 1]]), await buy([[other, 2]]), await buy([[product, 1]])];
  // A page that hears nothing: else it would know that the money of one went back.
  await page.route('**/admin/events*', route => route.fulfill({ contentType: 'text/event-stream', body: 'retry: 600000\n\n' }));
  await open(page, '#/orders?view=unshipped');
  for (const { number } of orders) await row(number).getByRole('checkbox').check();
  await owner('POST', `/orders/${orders[1].id}/refund`);
  await page.getByRole('button', { name: 'Mark shipped' }).click();
  await page.getByRole('button', { name: 'Mark 3 orders shipped' }).click();
  await toast(`Order ${orders[1].number} was not shipped`).waitFor();
  await toast('2 orders marked as shipped').waitFor();
  await row(orders[0].number).waitFor({ state: 'detached' });
  assert.equal((await detailsOf(orders[0])).status, 'shipped');
  await toast('2 orders').getByRole('button', { name: 'Undo' }).click();
  await toast('Undone: 2 orders marked as shipped').waitFor();
  await row(orders[0].number).waitFor();
  assert.equal((await detailsOf(orders[2])).status, 'paid');
  await toast('was not shipped').getByRole('button', { name: 'Close' }).click();
  await page.unroute('**/admin/events*');
});

test('packing slips have what is to be sent, and are alone on the paper', async () => {
  const order = await buy([[product, 2], [other, 1]], { note: 'Leave it at the door' });
  await owner('POST', `/orders/${order.id}/fulfillments`, { items: [{ line: 0, quantity: 1 }] });
  await open(page, `#/orders/slips?ids=${order.id}`);
  assert.deepEqual(await page.locator('.slip tbody tr').allInnerTexts(), ['Blue vase\t1', 'Tea towel\t1']);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.side').isVisible(), false);
  assert.ok(await page.locator('.slip').isVisible());
  await page.emulateMedia({ media: null });
});

test('an order is taken by phone, held, paid by hand', async () => {
  await open(page, '#/orders');
  await page.getByRole('link', { name: 'New order' }).click();
  await page.getByLabel('Add a product').fill('blue vase');
  await page.locator('.picker-list').getByRole('button', { name: /Blue vase/ }).first().click();
  await page.getByRole('button', { name: 'More: Quantity of Blue vase' }).click();
  await page.getByLabel('Email address').fill('phone@example.com');
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.locator('[aria-invalid=true]').first().waitFor(); // the address
  await page.getByLabel('Country').selectOption('GB');
  for (const [label, text] of [['Name', 'Ann Smith'], ['Street and number', '1 High Street'], ['Postal code', 'SW1A 1AA'], ['City', 'London']]) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByLabel('Paid later').check();
  await check(page, 'a new order');
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.getByText('Taken by the staff').waitFor();
  await page.getByText('Not paid').waitFor();
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await page.getByLabel('How it was paid').fill('Cash');
  await page.getByRole('dialog').getByRole('button', { name: /Mark as paid/ }).click();
  await page.getByText('By hand: Cash').waitFor();
  await page.getByRole('button', { name: 'Mark shipped' }).waitFor();
});

test('an order that is not paid is cancelled, and asks before', async () => {
  const order = await buy([[other, 1]], { pay: null });
  await open(page, `#/orders/${order.id}`);
  await page.getByRole('button', { name: 'Cancel order' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click();
  await toast('Order cancelled').waitFor();
  assert.equal((await detailsOf(order)).status, 'cancelled');
});

test('the export is one file of all its pages', async () => {
  await open(page, '#/orders');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.equal(text.split('\n').filter(line => line.startsWith('Name,')).length, 1);
});

test('a long list comes page by page', async () => {
  const line = [[await newProduct({ name: 'Small thing', price: 500, stock_quantity: 1000 }), 1]];
  for (let i = 0; i < 45; i++) await buy(line, { pay: null });
  await open(page, '#/orders');
  await page.mouse.wheel(0, 20_000);
  await page.waitForFunction(() => document.querySelectorAll('[data-row]').length > 50);
  assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
});
