// Products at the desk: prices and stock in place, many at once, pictures, a new one.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { deflateSync, crc32 } from 'node:zlib';
import { base, buy, check, launch, newPage, newProduct, open, owner, signIn } from './lib.js';

let browser, page, troubles, refused;

before(async () => {
  browser = await launch();
  ({ page, troubles, refused } = await newPage(browser));
  await signIn(page);
});
after(async () => {
  const found = [troubles, await refused()];
  await browser?.close();
  assert.deepEqual(found, [[], []]);
});

const toast = text => page.locator('.toast', { hasText: text });
const row = name => page.locator('[data-row]', { has: page.getByRole('link', { name, exact: true }) });
const productOf = async id => (await owner('GET', `/admin/products?q=${id}`)).find(product => product.id === id);

async function until(condition, what) {
  const ends = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < ends, what);
    await new Promise(done => setTimeout(done, 50));
  }
}

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
  await buy([[product, 3]], { pay: null }); // the page still shows 15
  await row('Counted thing').getByRole('button', { name: /^Stock of/ }).click();
  await page.keyboard.type('20');
  await page.keyboard.press('Enter');
  await until(async () => (await productOf(product.id)).stock_quantity === 17, 'the sale of three is not lost');
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
  await row('Many two').getByText('$33.33').waitFor();
  await row('Many one').getByText('$10.00').waitFor();
  await row('Many one').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Take out', exact: true }).click();
  await row('Many one').getByText('Taken out').waitFor();
  await until(async () => (await owner('GET', '/admin/products?q=Many')).some(({ is_active }) => !is_active), 'taken out');
});

test('a product is added with two pictures, which the browser makes smaller', async () => {
  await open(page, '#/products');
  await page.getByRole('link', { name: 'New product' }).click();
  await page.getByLabel('Choose pictures').setInputFiles(files([200, 30, 30], [30, 30, 200]));
  await page.getByRole('img', { name: 'Picture 2' }).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('This is needed').waitFor();
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
  await page.locator('.totals', { hasText: 'Should be on the shelf' }).getByText('3', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Take out of the shop' }).click();
  await page.getByText('Customers do not see this product.').waitFor();
  await toast('is taken out').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Take out of the shop' }).waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.locator('[data-row]', { hasText: 'Broke' }).or(page.locator('[data-row]', { hasText: 'Adjusted stock' })).first().waitFor();
});
