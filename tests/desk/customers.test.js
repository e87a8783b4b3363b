// Customers: found by email address or name, with their orders, what they spent, and where it goes.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { buy, check, newProduct, open, settled } from './lib.js';
import { openPage, page } from './one_page.js';

openPage();

test('a customer is found, with orders, their sum and the addresses', async () => {
  const product = await newProduct({ name: 'Bought thing', price: 1500 });
  const person = ['Zita Quill', 'zita.quill@example.com', '7 Harbour Row', 'Leith', 'EH6 6AA', 'GB'];
  const first = await buy([[product, 1]], { person });
  const second = await buy([[product, 2]], { person: person.with(2, '9 Other Street') });
  await buy([[product, 1]], { person, pay: null });
  await buy([[product, 1]], { person: person.with(1, 'zita.quill@example.com.au') });
  await open(page, '#/customers');
  await page.getByRole('searchbox').fill('zita q');
  const row = page.locator('[data-row="zita.quill@example.com"]');
  await row.waitFor();
  assert.equal(await page.locator('main [data-row]').count(), 2);
  assert.match(await row.innerText(), /Zita Quill[^]*\t3\t\$45\.00/);
  await row.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'Zita Quill' }).waitFor();
  await settled(page);
  await page.getByText('9 Other Street').waitFor();
  assert.equal(await page.getByText('7 Harbour Row').count(), 1);
  assert.equal(await page.locator('main [data-row]').count(), 3);
  await check(page, 'a customer');
  await page.getByRole('link', { name: second.number }).click();
  await page.getByRole('heading', { level: 1, name: `Order ${second.number}` }).waitFor();
  await page.getByRole('link', { name: person[1] }).click();
  await page.getByRole('link', { name: first.number }).waitFor();
  await open(page, '#/customers/nobody@example.com');
  await page.getByText('No customer matches').waitFor();
});
