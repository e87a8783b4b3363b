// What a search shows: its order, its pages, its filters, and what is suggested while one types.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { emptyCaches, newPage, newProduct, startBoth } from './lib.mjs';

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

const names = page => page.getByRole('article').getByRole('heading').allTextContents();

test('a correction is named, with what was found for it', async () => {
  const { page } = await newPage(shop.url);
  await page.goto(`${shop.url}/search?q=hedphones`);
  await page.getByText('Showing results for headphones').waitFor();
  assert.equal((await names(page))[0], 'Wireless over-ear headphones');
  await page.goto(`${shop.url}/search?q=headphones`);
  assert.equal(await page.getByText('Showing results for').count(), 0);
});

test('what is sold out comes last, over all pages and in every order', async () => {
  for (let i = 0; i < 30; i++)
    await newProduct(till, { name: `Widget ${String(i).padStart(2, '0')}`, category: 'widgets', price: 1000 + i, stock_quantity: i % 3 === 0 ? 0 : 5 });
  await emptyCaches(shop);
  const { page } = await newPage(shop.url);
  for (const [sort, isRising] of [['price_asc', true], ['newest', false]]) {
    const seen = [];
    for (const number of [1, 2]) {
      await page.goto(`${shop.url}/category/widgets?sort=${sort}&page=${number}`);
      seen.push(...await names(page));
    }
    const all = Array.from({ length: 30 }, (_, i) => (isRising ? i : 29 - i));
    const expected = [...all.filter(i => i % 3 !== 0), ...all.filter(i => i % 3 === 0)];
    assert.deepEqual(seen, expected.map(i => `Widget ${String(i).padStart(2, '0')}`), sort);
  }
  await page.goto(`${shop.url}/search?q=widget`);
  const stock = (await names(page)).map(name => Number(name.slice(-2)) % 3 !== 0);
  assert.deepEqual(stock, [...stock].sort((a, b) => Number(b) - Number(a)), 'by relevance too');
});

test('suggestions have picture and price, and the box a cross of its own alone', async () => {
  for (const viewport of [{ width: 320, height: 568 }, { width: 1280, height: 900 }]) {
    const { page, troubles } = await newPage(shop.url, { viewport });
    await page.goto(shop.url, { waitUntil: 'networkidle' });
    const box = page.getByRole('combobox', { name: 'Search the shop' });
    await box.fill('mushro');
    const lamp = page.getByRole('option', { name: 'Mushroom table lamp $145.00' });
    await lamp.waitFor();
    await page.waitForFunction(() => document.querySelector('[role=option] img')?.naturalWidth > 0);
    const list = await page.getByRole('listbox').boundingBox();
    assert.ok(list.x >= 0 && list.x + list.width <= viewport.width && list.width > 250, `${list.width} wide`);
    assert.equal(await box.getAttribute('type'), 'text', 'which browsers draw no cross into');
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await lamp.waitFor({ state: 'hidden' });
    assert.deepEqual([await box.inputValue(), await box.evaluate(node => node === document.activeElement)], ['', true]);
    await box.fill('mushro');
    await lamp.click();
    await page.getByRole('heading', { level: 1, name: 'Mushroom table lamp' }).waitFor();
    assert.deepEqual(troubles, []);
  }
});

test('pages have numbers, and a page behind the last is none', async () => {
  for (let i = 0; i < 110; i++) await newProduct(till, { name: `Gadget ${i}` });
  const { page } = await newPage(shop.url, { viewport: { width: 320, height: 568 } });
  await page.goto(`${shop.url}/search?q=gadget&page=3`);
  const pager = page.getByRole('navigation', { name: 'Pages' });
  const labels = () => pager.locator('a:visible, [aria-current]').evaluateAll(all => all.map(node => node.getAttribute('aria-label') ?? node.textContent));
  assert.deepEqual(await labels(), ['Previous page', 'Page 1', 'Page 3', 'Page 5', 'Next page']);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(await labels(), ['Previous page', 'Page 1', 'Page 2', 'Page 3', 'Page 4', 'Page 5', 'Next page']);
  await pager.getByRole('link', { name: 'Page 5' }).click();
  await page.waitForURL(/page=5/);
  await pager.locator('[aria-current]').getByText('5').waitFor();
  assert.equal(await pager.getByRole('link', { name: 'Next page' }).count(), 0);
  assert.equal(await page.getByRole('article').count(), 14);
  assert.equal((await fetch(`${shop.url}/search?q=gadget&page=6`)).status, 404);
});

test('filters stay where they are, whatever is chosen of them and however far one scrolls', async () => {
  const { page } = await newPage(shop.url);
  await page.goto(`${shop.url}/search?q=lamp`, { waitUntil: 'networkidle' });
  const filters = page.getByRole('complementary', { name: 'Filters' });
  const placed = () => filters.getByRole('listitem').evaluateAll(all => all.map(node => [node.textContent.replace(/, \d+$/, ''), node.getBoundingClientRect().top]));
  const before = await placed();
  assert.ok(before.length > 2);
  for (const [name, address] of [[/^lighting/i, /category=lighting/], [/\$250 to \$500/, /max_price=49999/]]) {
    await filters.getByRole('link', { name }).click();
    await page.waitForURL(address);
    await filters.locator('[aria-current]').filter({ hasText: name }).waitFor();
    assert.deepEqual(await placed(), before);
  }
  await page.goto(`${shop.url}/search`, { waitUntil: 'networkidle' });
  await page.evaluate(() => scrollTo(0, 900));
  await page.waitForFunction(() => scrollY > 800);
  assert.ok((await filters.boundingBox()).y >= (await page.getByRole('banner').boundingBox()).height - 5, 'below the header');
  assert.ok((await filters.boundingBox()).y < 200);
});
