// Lists: a row opens wherever it is pressed, and what else is in it still works.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { base, buy, check, newProduct, open, owner, settled, sizes } from './lib.js';
import { context, openPage, page, row, until } from './one_page.js';

openPage();

let product, order;
before(async () => {
  product = await newProduct({ name: 'Pressed thing', price: 1000, category: 'pressed' });
  order = await buy([[product, 1]], { person: ['Petra Press', 'petra.press@example.com', '1 High Street', 'London', 'SW1A 1AA', 'GB'] });
  await owner('POST', '/admin/staff', { email: 'pressed@example.com', name: 'Paul Pressed', role: 'support' });
});

const heading = name => page.getByRole('heading', { level: 1, name }).waitFor();
/** Where a cell has no words. */
const pressCorner = cell => cell.click({ position: { x: 2, y: 2 } });

for (const [size, viewport] of Object.entries(sizes))
  test(`a row of each list opens wherever it is pressed, ${size}`, async () => {
    await page.setViewportSize(viewport);
    await open(page, '#/orders?q=petra');
    await row(order.number).getByText('Petra Press').click();
    await heading(`Order ${order.number}`);
    await page.getByRole('region', { name: 'Mails' }).getByText('Held', { exact: true }).click();
    await heading(/Your order/);
    await open(page, '#/customers?q=petra');
    await page.locator('[data-row="petra.press@example.com"]').getByText('$10.00').click();
    await heading('Petra Press');
    await pressCorner(row(order.number).locator('td').nth(1));
    await heading(`Order ${order.number}`);
    await open(page, '#/products?q=Pressed');
    await row('Pressed thing').getByText('pressed', { exact: true }).click();
    await heading('Pressed thing');
    await open(page, `#/mails?q=${order.number}`);
    await pressCorner(page.locator('main [data-row]').first());
    await heading(/Your order/);
    await open(page, '#/');
    await page.locator(`[data-row="${order.id}"]`).first().getByText('Petra Press').click();
    await heading(`Order ${order.number}`);
    await open(page, '#/staff');
    await page.locator('main [data-row]', { hasText: 'Paul Pressed' }).getByText('Invited').click();
    await page.getByRole('dialog', { name: 'Paul Pressed' }).waitFor();
    await page.keyboard.press('Escape');
    await page.setViewportSize(sizes.desktop);
  });

test('its link is there for the keyboard, and j and Enter open the row', async () => {
  await open(page, '#/orders?q=petra');
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'A');
  await page.keyboard.press('Enter');
  await heading(`Order ${order.number}`);
  await check(page, 'an order');
});

test('the middle button and Ctrl open another tab, as they do on the link', async () => {
  await open(page, '#/orders?q=petra');
  for (const how of [{ button: 'middle' }, { modifiers: ['Control'] }]) {
    const [opened] = await Promise.all([context.waitForEvent('page'), row(order.number).getByText('Petra Press').click(how)]);
    await opened.getByRole('heading', { level: 1, name: `Order ${order.number}` }).waitFor();
    assert.ok(opened.url().startsWith(base));
    await opened.close();
    assert.match(page.url(), /#\/orders\?q=petra/, JSON.stringify(how));
  }
});

test('checkboxes, the cells of buttons, selected text and what is being typed do not open the row', async () => {
  await open(page, '#/orders?q=petra');
  const picked = row(order.number).getByRole('checkbox');
  await picked.check();
  await pressCorner(row(order.number).locator('.pick'));
  assert.ok(await picked.isChecked());
  const name = row(order.number).getByText('Petra Press'), box = await name.boundingBox();
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  assert.match(await page.evaluate(() => String(getSelection())), /Petra/);
  assert.match(page.url(), /#\/orders\?q=petra/);

  await open(page, '#/products?q=Pressed');
  await row('Pressed thing').getByRole('button', { name: /^Price of/ }).click();
  await page.keyboard.type('12');
  await row('Pressed thing').getByText('pressed', { exact: true }).click();
  await row('Pressed thing').getByText('$12.00').waitFor();
  await until(async () => (await owner('GET', `/products/${product.id}`)).price === 1200, 'the price is kept');
  await pressCorner(row('Pressed thing').locator('td').nth(3));
  await settled(page);
  assert.match(page.url(), /#\/products\?q=Pressed/);
  await row('Pressed thing').getByText('pressed', { exact: true }).click();
  await heading('Pressed thing');
});
