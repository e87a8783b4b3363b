// Products at the desk: prices and stock in place, many at once, pictures, a new one.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { deflateSync, crc32 } from 'node:zlib';
import { buy, check, newProduct, open, owner } from './lib.js';
import { browser, openPage, page, productOf, row, toast, troubles, until } from './one_page.js';

openPage();

/** A PNG of one colour. */
function png(width, height, colour) {
  const crc = typeof crc32 === 'function' ? crc32 : crc;
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(8);
    out.writeUInt32BE(data.length, 0);
    out.writeUInt32BE(crc(body), 4);
    return Buffer.concat([out.subarray(0, 4), body, out.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: width }, () => Buffer.from(colour)))]);
  const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** CRC-32, which Node.js has from version 20.15 and 22.2 on only. */
function crc(data) {
  let c = ~0;
  for (const byte of data) {
    c ^= byte;
    for (let i = 0; i < 8; i++) c = (c >>> 1) ^ (c & 1 ? 0xEDB88320 : 0);
  }
  return ~c >>> 0;
}

const files = (...colours) => colours.map((colour, i) => ({ name: `picture ${i}.png`, mimeType: 'image/png', buffer: png(2000, 1000, colour) }));

test('a price is changed in its row, shows at once, and can be undone', async () => {
  const product = await newProduct({ name: 'Priced thing', price: 1000 });
  await open(page, '#/products?q=Priced');
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  const field = page.getByRole('textbox', { name: 'Price of Priced thing' });
  await field.fill('much');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Type an amount').waitFor();
  await field.fill('12,50');
  await page.keyboard.press('Enter');
  await row('Priced thing').getByText('$12.50').waitFor();
  await until(async () => (await productOf(product.id)).price === 1250, 'the price is kept');
  await toast('costs $12.50').getByRole('button', { name: 'Undo' }).click();
  await toast('Undone: price of Priced thing').waitFor();
  await row('Priced thing').getByText('$10.00').waitFor();
  await until(async () => (await productOf(product.id)).price === 1000, 'the old price is back');
});

test('a change that is refused is taken back, and the row shows it', async () => {
  await newProduct({ name: 'Stubborn thing', price: 1000 });
  await open(page, '#/products?q=Stubborn');
  await page.route('**/products/*', route => (route.request().method() === 'PATCH' ? route.fulfill({ status: 503, contentType: 'application/json', body: '{"detail": "The server is stopping"}' }) : route.continue()));
  await row('Stubborn thing').getByRole('button', { name: /^Price of/ }).click();
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await toast('Stubborn thing stays as it was: The server is stopping').waitFor();
  await row('Stubborn thing').getByText('$10.00').waitFor();
  await page.locator('.taken-back').waitFor();
  await page.unroute('**/products/*');
  troubles.splice(0);
});

test('stock is counted or adjusted, and a sale in between is not lost', async () => {
  const product = await newProduct({ name: 'Counted thing', stock_quantity: 10 });
  await open(page, '#/products?q=Counted');
  const cell = row('Counted thing').getByRole('button', { name: /^Stock of/ });
  await cell.click();
  await page.keyboard.type('+5');
  await page.keyboard.press('Enter');
  await until(async () => (await productOf(product.id)).stock_quantity === 15, 'five more');
  await row('Counted thing').getByText('15', { exact: true }).waitFor();
  await row('Counted thing').getByRole('button', { name: /^Stock of/ }).click();
  const newer = page.waitForResponse(answer => answer.url().includes('/admin/products?'));
  await buy([[product, 3]], { pay: null });
  await newer; // the clerk has counted while the page showed 15
  await page.keyboard.type('20');
  await page.keyboard.press('Enter');
  await until(async () => (await productOf(product.id)).stock_quantity === 17, 'the sale of three is not lost');
  await toast('Counted thing: 17 in stock').waitFor();
});

test('many change at once, and come back at once', async () => {
  for (const [name, price] of [['Many one', 1000], ['Many two', 3333]]) await newProduct({ name, price, category: 'many' });
  await open(page, '#/products?q=Many');
  await row('Many one').getByRole('checkbox').check();
  await row('Many two').getByRole('checkbox').check();
  await page.getByRole('region', { name: 'Actions' }).getByRole('button', { name: 'Price' }).click();
  await page.getByLabel('Per cent', { exact: true }).fill('10');
  await check(page, 'the dialog of prices');
  await page.getByRole('button', { name: 'Change 2 products' }).click();
  await toast('2 products changed').waitFor();
  await row('Many two').getByText('$30.00').waitFor();
  await toast('2 products changed').getByRole('button', { name: 'Undo' }).click();
  await toast('Undone: prices of 2 products').waitFor();
  await row('Many two').getByText('$33.33').waitFor();
  await row('Many one').getByText('$10.00').waitFor();
  await row('Many one').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Take out', exact: true }).click();
  await row('Many one').getByText('Taken out').waitFor();
  await until(async () => (await owner('GET', '/admin/products?q=Many')).some(({ is_active }) => !is_active), 'taken out');
});

test('what somebody else has changed meanwhile is not undone', async () => {
  const [mine, theirs] = [await newProduct({ name: 'Shared one', price: 1000 }), await newProduct({ name: 'Shared two', price: 1000 })];
  await open(page, '#/products?q=Shared');
  await row('Shared one').getByRole('checkbox').check();
  await row('Shared two').getByRole('checkbox').check();
  await page.getByRole('region', { name: 'Actions' }).getByRole('button', { name: 'Price' }).click();
  await page.getByLabel('Per cent', { exact: true }).fill('50');
  await page.getByRole('button', { name: 'Change 2 products' }).click();
  await toast('2 products changed').waitFor();
  await owner('PATCH', `/products/${theirs.id}`, { price: 777 });
  await toast('2 products changed').getByRole('button', { name: 'Undo' }).click();
  await toast('left as it is: Shared two').waitFor();
  assert.deepEqual([(await productOf(mine.id)).price, (await productOf(theirs.id)).price], [1000, 777]);
  await toast('left as it is').getByRole('button', { name: 'Close' }).click();
});

test('a product is added with two pictures, which the browser makes smaller', async () => {
  await open(page, '#/products');
  await page.getByRole('link', { name: 'New product' }).click();
  await page.getByLabel('Choose pictures').setInputFiles(files([200, 30, 30], [30, 30, 200]));
  await page.getByRole('img', { name: 'Picture 2' }).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('This is needed').first().waitFor();
  assert.equal(await page.locator('[aria-invalid=true]').count(), 3, 'all of them at once');
  await page.getByLabel('Name').fill('Red and blue');
  await page.getByLabel('Price').fill('19.90');
  await page.getByLabel('Category').fill('tests');
  await page.getByLabel('In stock').fill('7');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Red and blue' }).waitFor();
  const id = page.url().split('/').pop();
  const images = await owner('GET', `/products/${id}/images`);
  assert.deepEqual(images.map(({ width, height, sizes }) => [width, height, sizes.map(size => size.width)]), [[1600, 800, [400]], [1600, 800, [400]]]);
  assert.equal((await productOf(id)).stock_quantity, 7);

  await page.getByRole('button', { name: 'Move picture 2 to the left' }).click();
  await until(async () => (await owner('GET', `/products/${id}/images`))[0].media === images[1].media, 'the order');
  await page.getByLabel('What it shows, Picture 1').fill('Something blue');
  await page.keyboard.press('Tab');
  await until(async () => (await owner('GET', `/products/${id}/images`))[0].alt === 'Something blue', 'the text');
  await page.getByRole('button', { name: 'Remove picture 2' }).click();
  await toast('Picture removed').getByRole('button', { name: 'Undo' }).click();
  await toast('Undone: pictures of Red and blue').waitFor();
  await page.getByRole('img', { name: 'Picture 2' }).waitFor();
  await page.getByLabel('Choose pictures').setInputFiles({ name: 'not a picture.png', mimeType: 'image/png', buffer: Buffer.from('<script>') });
  await toast('this browser cannot read that picture').getByRole('button', { name: 'Close' }).click();
});

test('a product is changed, its stock adjusted with a reason, taken out and brought back', async () => {
  const product = await newProduct({ name: 'Changing thing', price: 1000, stock_quantity: 4 });
  await open(page, `#/products/${product.id}`);
  await page.getByLabel('Description').fill('New words');
  await page.getByRole('button', { name: 'Save' }).click();
  await toast('Saved').waitFor();
  assert.equal((await productOf(product.id)).description, 'New words');
  await page.getByLabel('Add or take away').fill('-1');
  await page.getByLabel('Reason').fill('Broke');
  await page.getByRole('button', { name: 'Adjust stock' }).click();
  await toast('3 in stock').waitFor();
  await page.getByRole('button', { name: 'Take out of the shop' }).click();
  await page.getByText('Customers do not see this product.').waitFor();
  await toast('is taken out').getByRole('button', { name: 'Undo' }).click();
  await toast('Undone: taking Changing thing out of the shop').waitFor();
  await page.getByRole('button', { name: 'Take out of the shop' }).waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.locator('[data-row]', { hasText: 'Adjusted stock' }).getByText('Broke').waitFor();
  await page.getByRole('link', { name: 'Changing thing' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Changing thing' }).waitFor();
});

test('a count of the shelf is set with a reason: orders keep their part, and what is sold or sent in between is not lost', async () => {
  const product = await newProduct({ name: 'Shelved thing', stock_quantity: 20 });
  const paid = await buy([[product, 3]]);
  await open(page, `#/products/${product.id}`);
  await page.locator('.totals .grand').getByText('20', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Counted on the shelf' }).click();
  const counted = page.getByLabel('How many you counted');
  await counted.fill('2');
  await page.getByRole('button', { name: 'Set the count' }).click();
  await page.getByText('Orders that are not sent hold 3.').waitFor();
  await counted.fill('18');
  await page.getByText('2 fewer than the 20 that should be there. After it 15 can be bought.').waitFor();
  await check(page, 'a count');
  await buy([[product, 4]], { pay: null });
  await owner('POST', `/orders/${paid.id}/fulfillments`, {}); // leaves the shelf after the count
  await page.locator('.totals .grand').getByText('17', { exact: true }).waitFor();
  await page.getByText('2 fewer than the 20 that should be there. After it 11 can be bought.').waitFor();
  await page.getByLabel('Reason').fill('Shelf 4');
  await page.getByRole('button', { name: 'Set the count' }).click();
  await toast('Shelved thing: 11 in stock').waitFor();
  await page.locator('.totals .grand').getByText('15', { exact: true }).waitFor();
  assert.equal((await productOf(product.id)).stock_quantity, 11);
  await counted.fill('15');
  await page.getByText('As it should be. 11 can be bought.').waitFor();
  await page.getByRole('button', { name: 'Set the count' }).click();
  await toast('15 on the shelf, as it should be').waitFor();
  assert.equal(await page.getByLabel('Reason').inputValue(), 'Stock-take');
  await page.getByRole('link', { name: 'History' }).click();
  await page.locator('[data-row]', { hasText: 'Adjusted stock' }).getByText('Shelf 4').waitFor();
  assert.equal(await page.locator('[data-row]', { hasText: 'Adjusted stock' }).count(), 1);
});

test('what is not saved is asked about before the page is left', async () => {
  const product = await newProduct({ name: 'Half typed' });
  await open(page, '#/products?q=Half');
  await row('Half typed').getByRole('link').click();
  await page.getByLabel('Description').fill('Half a sen');
  await page.getByRole('link', { name: 'Orders' }).first().click();
  await page.getByRole('button', { name: 'Stay here' }).click();
  assert.equal(await page.getByLabel('Description').inputValue(), 'Half a sen');
  await page.goBack();
  await page.getByRole('button', { name: 'Stay here' }).click();
  assert.match(page.url(), new RegExp(`products/${product.id}`));
  await page.getByRole('link', { name: 'Orders' }).first().click();
  await page.getByRole('button', { name: 'Leave without saving' }).click();
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
});

test('a product is saved without being shown in the shop', async () => {
  await open(page, '#/products/new');
  for (const [label, text] of [['Name', 'Not yet'], ['Price', 'abc'], ['Category', 'tests']]) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByLabel('Visible in the shop').uncheck();
  await page.getByRole('button', { name: 'Save, not in the shop yet' }).click();
  await page.getByText('Type an amount such as 12.50').waitFor();
  await page.getByLabel('Price', { exact: true }).fill('5');
  await page.getByRole('button', { name: 'Save, not in the shop yet' }).click();
  await page.getByText('Customers do not see this product.').waitFor();
});

test('a picture whose address leads nowhere is said, and removed', async () => {
  const product = await newProduct({ name: 'Broken thing', image_url: '/media/no-such-picture.svg' });
  await open(page, `#/products/${product.id}`);
  await page.getByRole('button', { name: 'Remove this picture' }).click();
  await toast('Picture removed').waitFor();
  await until(async () => (await productOf(product.id)).image_url === '', 'the address is gone');
});
