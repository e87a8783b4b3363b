// Today: what the figures say and where they lead, the chart, and the first steps of a new shop.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { base, buy, check, launch, newPage, newProduct, open, signIn, sizes } from './lib.js';

let browser, page, troubles, refused, product;

before(async () => {
  browser = await launch();
  ({ page, troubles, refused } = await newPage(browser));
  await signIn(page);
  product = await newProduct({ name: 'Counted thing', price: 1000, stock_quantity: 3 });
  await buy([[product, 1]]);
  await buy([[product, 1]], { pay: 'pm_card_visa_chargeDeclined' });
});
after(async () => {
  const found = [troubles, await refused()];
  await browser?.close();
  assert.deepEqual(found, [[], []]);
});

const figure = name => page.locator('.figure', { hasText: name });
const numberOf = async name => Number((await figure(name).locator('strong').innerText()).replace(/\D/g, ''));
const rows = () => page.locator('main [data-row]').count();

test('each figure leads to the list that it counts', async () => {
  for (const [name, heading] of [['Orders', 'Orders'], ['To ship', 'Orders'], ['Failed payments', 'Orders'], ['Low stock', 'Products'], ['Sold out', 'Products']]) {
    await open(page, '#/?days=7');
    const said = await numberOf(name);
    await figure(name).click();
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    if (said > 0) await page.locator('main [data-row]').first().waitFor();
    const shown = await rows();
    assert.ok(shown >= Math.min(said, 50), `${name}: ${said} said, ${shown} shown`); // the figures may be older by half a minute
    if (['Low stock', 'Sold out'].includes(name) && said < 50) assert.equal(shown, said, name);
  }
});

test('the chart is read by keyboard, and as a table', async () => {
  await open(page, '#/?days=30');
  const chart = page.getByRole('slider', { name: 'Revenue' });
  await chart.focus();
  await page.keyboard.press('End');
  const last = await chart.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowLeft');
  const before = await chart.getAttribute('aria-valuetext');
  assert.match(last, /\$\d/);
  assert.notEqual(last, before);
  await page.getByText('As a table').click();
  assert.equal(await page.locator('.chart-table tbody tr').count(), 30);
  assert.equal(await page.locator('.chart-table tbody tr').first().innerText().then(text => text.replace('\t', ': ')), last);
  await check(page, 'the chart with its table');
  await page.getByRole('button', { name: '1 year' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.chart-table tbody tr').length === 52);
  await page.getByRole('button', { name: 'Orders', exact: true }).click();
  await page.getByRole('slider', { name: 'Orders' }).waitFor();
  await open(page, '#/');
  assert.equal(await page.getByRole('button', { name: '1 year' }).getAttribute('aria-pressed'), 'true', 'the browser remembers it');
});

for (const [size, viewport] of Object.entries(sizes))
  test(`a new shop says what to do first, and ticks what is done, ${size}`, async () => {
    const { page, context } = await newPage(browser, { viewport });
    await page.route(/\/admin\/orders\?/, route => route.fulfill({ contentType: 'application/json', body: '[]' }));
    await page.route(/\/admin\/tax-rates$/, route => route.fulfill({ contentType: 'application/json', body: '[]' }));
    await signIn(page, '#/');
    const step = name => page.locator('.steps li', { hasText: name });
    await step('Add a product').waitFor();
    assert.match(await step('Add a product').getAttribute('class'), /done/);
    assert.equal(await step('Set taxes').getAttribute('class'), null);
    await check(page, `the first steps, ${size}`);
    await step('Set taxes').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Taxes' }).waitFor();
    assert.ok(page.url().startsWith(base));
    await context.close();
  });
