// A file of products at the desk: looked through, mended, imported, resumed after a break; and exported.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { base, check, newProduct, open, owner } from './lib.js';
import { openPage, page, troubles } from './one_page.js';

openPage({ acceptDownloads: true });

const choose = (name, text) => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const found = async q => (await owner('GET', `/admin/products?q=${encodeURIComponent(q)}`)).filter(({ name }) => name.startsWith(q));

test('a file with mistakes says in which lines they are, and nothing is imported', async () => {
  await open(page, '#/products');
  await page.getByRole('link', { name: 'Import' }).click();
  await choose('wrong.csv', 'name,price,stock_quantity,category,key,Colour\nImported good,12.50,3,tests,i1,red\nImported bad,many,3,tests,i2,blue\n,1.00,3,tests,i3,blue\n');
  assert.ok(await page.getByLabel('Are written as 19.99').isChecked());
  await check(page, 'the options of an import');
  await page.getByRole('button', { name: 'Look through it' }).click();
  await page.getByText('2 rows are wrong').first().waitFor();
  const lines = await page.locator('[data-row]').allInnerTexts();
  assert.match(lines[0], /Imported bad,many,3/);
  assert.deepEqual(lines.map(line => line.split('\t')[0].trim()), ['3', '4']);
  assert.equal(await page.getByRole('button', { name: /^Import: |^Import \d/ }).count(), 0);
  await check(page, 'an import with bad rows');
  await page.getByText('Colour').waitFor();
  assert.deepEqual(await found('Imported'), []);
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.toast', { hasText: 'Discarded' }).waitFor();
});

test('a file is looked through, and then imported', async () => {
  const old = await newProduct({ name: 'Imported old', price: 100 });
  await open(page, '#/import');
  await choose('right.csv', `id,name,price,stock_quantity,category,key\n,Imported new,12.50,3,tests,j1\n${old.id},Imported old,2.00,3,tests,\n`);
  await page.getByRole('button', { name: 'Look through it' }).click();
  await page.getByRole('button', { name: 'Import: add 1, change 1' }).click();
  await page.getByRole('link', { name: 'See the products' }).waitFor();
  await check(page, 'an import that is done');
  assert.deepEqual((await found('Imported')).map(({ name, price }) => [name, price]).sort(), [['Imported new', 1250], ['Imported old', 200]]);
  await page.getByRole('link', { name: 'See the products' }).click();
  await page.getByRole('link', { name: 'Imported new' }).waitFor();
});

test("Shopify's file is known by its head", async () => {
  await open(page, '#/import');
  await choose('shopify.csv', 'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Requires Shipping,Variant Taxable,Image Src,Image Position,Gift Card,Status\n'
    + 'ring,Imported ring,<p>Silver</p>,Acme,Rings,,true,Title,Default Title,r1,20,shopify,4,deny,manual,25.00,true,true,,,false,active\n');
  await page.getByRole('button', { name: 'Look through it' }).click();
  await page.getByText('Shopify', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Import 1 product' }).click();
  await page.getByRole('link', { name: 'See the products' }).waitFor();
  assert.deepEqual((await found('Imported ring')).map(({ price, stock_quantity }) => [price, stock_quantity]), [[2500, 4]]);
});

test('an upload that broke goes on where it was', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => `Bulky ${i},${'Words. '.repeat(10)},9.90,3,bulk,b${i}`);
  const text = ['name,description,price,stock_quantity,category,key', ...rows].join('\n');
  await open(page, '#/import');
  let passed = 0;
  await page.route('**/parts/*', route => (++passed > 1 ? route.fulfill({ status: 413, contentType: 'application/json', body: '{"detail": "Broken by the test"}' }) : route.continue()));
  await choose('bulky.csv', text);
  await page.getByRole('button', { name: 'Look through it' }).click();
  await page.getByText(/1 of \d MB have arrived/).waitFor();
  await page.unroute('**/parts/*');
  troubles.splice(0);
  await page.locator('input[type=file]').setInputFiles({ name: 'bulky.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: /^Import 30000 products|^Import: add 30000/ }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.toast', { hasText: 'Discarded' }).waitFor();
});

test('an export comes back as it was, and holds no formula', async () => {
  const hostile = await newProduct({ name: `=cmd|' /C calc'!A0`, description: 'Line one\n"two", three', category: 'export' });
  await open(page, '#/products?category=export');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(text.startsWith('\uFEFFid,name,'));
  assert.ok(text.includes(`"'=cmd|' /C calc'!A0"`));
  await open(page, '#/import');
  await choose('export.csv', text);
  assert.ok(await page.getByLabel('Are written as 1999, in cents').isChecked());
  await page.getByRole('button', { name: 'Look through it' }).click();
  await page.getByText('Are as in the file already').waitFor();
  assert.equal(await page.getByText('Would be changed').locator('..').innerText(), 'Would be changed\n0');
  assert.equal((await (await fetch(`${base}/products/${hostile.id}`)).json()).name, `=cmd|' /C calc'!A0`);
});
