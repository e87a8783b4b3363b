// How pages look: what is in the first view, what a picture that is not there leaves, what a printer gets.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { adminToken, cartWith, emptyCaches, newPage, newProduct, paidOrder, sizes, startBoth } from './lib.mjs';

const sharp = createRequire(import.meta.url)('sharp');

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

/** The colour of a pixel of what an element shows. */
async function colourAt(element, x, y) {
  const { data } = await sharp(await element.screenshot()).extract({ left: x, top: y, width: 1, height: 1 }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return `rgb(${[...data].join(', ')})`;
}

test('a picture that fails or is missing has a stand-in, and none is drawn over one that loads', async () => {
  const { page } = await newPage(shop.url);
  const names = ['Fails', 'Is missing', 'Loads'];
  const products = [];
  for (const [i, image_url] of ['/media/nothing.svg', '', undefined].entries())
    products.push(await newProduct(till, { name: `${names[i]} to show a picture`, category: 'pictures', ...(image_url !== undefined && { image_url }) }));
  await emptyCaches(shop);
  await page.goto(`${shop.url}/category/pictures`, { waitUntil: 'networkidle' });
  const sunken = await page.locator('.picture').first().evaluate(node => getComputedStyle(node).backgroundColor);
  for (const [i, name] of names.entries()) {
    const picture = page.getByRole('article').filter({ hasText: name }).locator('.picture');
    const stands = await picture.evaluate(node => node.tagName !== 'IMG' || node.naturalWidth === 0);
    assert.equal(stands, i < 2, name);
    assert.equal((await colourAt(picture, 30, 30)) === sunken, stands, `${name}: the corner`); // below the card's round one, inside what a browser draws for a broken picture
    const box = await picture.boundingBox();
    const row = await sharp(await picture.screenshot()).extract({ left: 0, top: Math.round(box.height / 2), width: Math.floor(box.width), height: 1 }).stats();
    assert.ok(row.channels[0].max - row.channels[0].min > 40, `${name}: something is drawn`);
  }
  const broken = await page.goto(`${shop.url}/product/${products[0].id}`, { waitUntil: 'networkidle' });
  assert.equal(broken.status(), 200);
  assert.equal(await colourAt(page.getByRole('img', { name: /Fails/ }), 60, 30), sunken, 'no alternative text over the stand-in');
});

const small = { width: 320, height: 568 };

test('on the smallest phone the header is one line, and the first product is in the first view', async () => {
  const { page } = await newPage(shop.url, { viewport: small });
  const [lamp] = await (await fetch(`${till.url}/products/search?q=mushroom`)).json();
  const bottomOf = async locator => { const { y, height } = await locator.boundingBox(); return y + height; };
  for (const [path, first] of [
    ['/', page.getByRole('main').getByRole('link', { name: /\$/ }).first()],
    ['/search?q=hedphones', page.getByRole('article').first()],
    ['/category/coffee', page.getByRole('article').first()],
    [`/product/${lamp.id}`, page.getByRole('heading', { level: 1 })],
  ]) {
    await page.goto(shop.url + path);
    const header = page.getByRole('banner');
    const middles = await header.locator('a:not([href="#main"]), [role=search]').evaluateAll(all => all.map(node => { const { top, bottom } = node.getBoundingClientRect(); return (top + bottom) / 2; }));
    assert.equal(middles.length, 4, path);
    assert.ok(Math.max(...middles) - Math.min(...middles) < 2, `${path}: ${middles}`);
    assert.ok((await header.boundingBox()).height < 70, path);
    assert.ok(await bottomOf(first) <= small.height, `${path}: it ends at ${await bottomOf(first)}`);
  }
});

test('the header stays while one scrolls, and covers nothing that has the focus', async () => {
  const { page } = await newPage(shop.url, { viewport: small });
  await page.goto(shop.url, { waitUntil: 'networkidle' });
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.waitForFunction(() => scrollY > 1000);
  const { y, height } = await page.getByRole('banner').boundingBox();
  assert.equal(y, 0);
  const links = page.getByRole('main').getByRole('article').getByRole('link');
  await links.nth(await links.count() - 1).focus();
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Shift+Tab');
    assert.ok((await page.locator(':focus').boundingBox()).y >= height, `${i} links further up`);
  }
});

test('the checkout shows on a phone what is ordered first, and on a desk keeps it beside the form', async () => {
  const product = await newProduct(till);
  const boxes = async viewport => {
    const { page, context } = await newPage(shop.url, { viewport });
    await context.addCookies([await cartWith(till, shop, product)]);
    await page.goto(`${shop.url}/checkout`, { waitUntil: 'networkidle' });
    const of = async () => [await page.getByRole('complementary', { name: 'Order summary' }).boundingBox(), await page.getByRole('form', { name: 'Checkout' }).boundingBox()];
    return { page, of };
  };
  const phone = await boxes(small);
  const [first, then] = await phone.of();
  assert.ok(first.y + first.height <= then.y, 'the summary, then the form');
  const { y, height } = await phone.page.getByTestId('total').boundingBox();
  assert.ok(y + height <= small.height, `the total is at ${y}`);
  const desk = await boxes(sizes.desk);
  let [summary, form] = await desk.of();
  assert.ok(summary.x - (form.x + form.width) < 80, 'no void between them');
  assert.ok(Math.abs(form.x - (sizes.desk.width - summary.x - summary.width)) < 40, 'and as much of it on either side');
  await desk.page.getByRole('button', { name: /^Pay / }).scrollIntoViewIfNeeded();
  await desk.page.waitForFunction(() => scrollY > 200);
  [summary, form] = await desk.of();
  assert.ok(summary.y >= 0 && summary.y + summary.height <= sizes.desk.height, 'and it is there when one pays');
});

/** Three pictures of one colour each, in Till's own store. */
async function threePictures(product) {
  const headers = { Authorization: `Bearer ${adminToken}` };
  const images = [];
  for (const [i, background] of ['#c33', '#3c3', '#33c'].entries()) {
    const body = await sharp({ create: { width: 800, height: 800, channels: 3, background } }).png().toBuffer();
    const stored = await fetch(`${till.url}/admin/media`, { method: 'POST', headers: { ...headers, 'Content-Type': 'image/png' }, body });
    assert.ok(stored.ok, String(stored.status));
    const { hash: media } = await stored.json();
    images.push({ media, alt: i === 1 ? '' : `Side ${i + 1}` });
  }
  const set = await fetch(`${till.url}/products/${product.id}/images`, { method: 'PUT', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify({ images }) });
  assert.ok(set.ok, String(set.status));
}

test('a product page has all pictures, how it is sent, and what is related', async () => {
  const product = await newProduct(till, { name: 'Thing with sides', category: 'coffee' });
  await threePictures(product);
  for (const viewport of [small, sizes.desk]) {
    const { page, troubles } = await newPage(shop.url, { viewport });
    await page.goto(`${shop.url}/product/${product.id}`, { waitUntil: 'networkidle' });
    const pictures = page.getByRole('list', { name: 'Pictures' }).getByRole('img');
    assert.deepEqual(await pictures.evaluateAll(all => all.map(({ alt }) => alt)), ['Side 1', 'Thing with sides, picture 2', 'Side 3']);
    for (let i = 0; i < 3; i++) {
      await pictures.nth(i).scrollIntoViewIfNeeded();
      await page.waitForFunction(i => document.querySelectorAll('[aria-label=Pictures] img')[i].naturalWidth > 0, i);
    }
    const delivery = page.getByRole('region', { name: 'Delivery' });
    for (const text of ['Standard', '3–5 working days, free from $150.00', '$4.90', 'Express', 'Prices include the tax.']) await delivery.getByText(text).first().waitFor();
    assert.equal(await page.locator('section').filter({ hasText: 'More in Coffee' }).getByRole('article').count(), 4);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(troubles, []);
  }
  const lone = await newProduct(till, { name: 'Voucher', category: 'vouchers', ships: false });
  const html = await (await fetch(`${shop.url}/product/${lone.id}`)).text();
  assert.match(html, /Nothing is sent for this/);
  assert.equal(html.match(/<article/g).length, 5, 'the page of the only one of its kind is filled with others');
});

test('a long title is clamped, and no line breaks between a number and its unit', async () => {
  const name = 'Kettle with 1 °C steps, 230 V, 22 L and 99 % of names as suppliers write them, among which even averyverylongwordthatnobodywouldeverthinkofbreakingbutabrowsermusttoshowit is found';
  const product = await newProduct(till, { name, description: 'It is 40 cm high.', category: 'longnames' });
  await emptyCaches(shop);
  const { page } = await newPage(shop.url, { viewport: small });
  const lines = node => Math.round(node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight));
  for (const [path, most] of [['/category/longnames', 2], [`/product/${product.id}`, 5]]) {
    await page.goto(shop.url + path);
    const title = page.getByRole('main').getByRole('heading', { name: 'Kettle with 1 °C' });
    assert.ok(await title.evaluate(lines) <= most, path);
    assert.match(await title.textContent(), /1\u00a0°C steps, 230\u00a0V, 22\u00a0L and 99\u00a0% of/);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path);
  }
  await page.getByText('It is 40\u00a0cm high.').waitFor();
});

test('a page with nothing on it leads on, and so does the footer of every page', async () => {
  for (const [path, status] of [['/nothing-here', 404], ['/product/not-an-id', 404], ['/orders/none', 404], ['/cart', 200], ['/orders', 200]]) {
    const { page, context } = await newPage(shop.url, { viewport: small });
    assert.equal((await page.goto(shop.url + path)).status(), status);
    const products = page.getByRole('main').getByRole('article');
    await products.nth(3).waitFor(); // of an address without a page Next.js shows them by script
    assert.equal(await products.count(), 4, `${path}: products`);
    const footer = page.getByRole('contentinfo');
    for (const name of ['Everything', 'coffee', 'Cart', 'Your orders', 'Find an order']) await footer.getByRole('link', { name, exact: true }).waitFor();
    await footer.getByText('Standard, 3–5').waitFor();
    await products.first().getByRole('link').click();
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
    await context.close();
  }
});

test('times are in the shopper\'s zone, in UTC without a script, and server and browser do not disagree', async () => {
  const order = await paidOrder(till, shop, [[await newProduct(till), 1]]);
  const at = new Date(order.created_at);
  const hours = timeZone => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at);
  for (const [timezoneId, javaScriptEnabled, expected] of [['Asia/Tokyo', true, `${hours('Asia/Tokyo')} GMT+9`], ['America/St_Johns', true, `${hours('America/St_Johns')} GMT-3:30`], ['Asia/Tokyo', false, `${hours('UTC')} UTC`]]) {
    const { page, context, troubles } = await newPage(shop.url, { timezoneId, javaScriptEnabled });
    await context.addCookies([order.cookie]);
    for (const path of [`/orders/${order.id}`, '/orders']) {
      await page.goto(shop.url + path, { waitUntil: 'networkidle' });
      if (path !== '/orders') await page.getByRole('region', { name: 'Receipt' }).getByText(expected).waitFor();
      else await page.getByText(new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: javaScriptEnabled ? timezoneId : 'UTC' }).format(at)).waitFor();
    }
    assert.deepEqual(troubles, [], 'React says so if what it finds is not what it would write');
    if (javaScriptEnabled) {
      await page.goto(`${shop.url}/orders/${order.id}`);
      await page.getByRole('region', { name: 'Receipt' }).getByText(expected).waitFor();
      await page.emulateMedia({ media: 'print' });
      for (const gone of ['banner', 'contentinfo', 'button', 'navigation']) assert.equal(await page.getByRole(gone).count(), 0, `${gone} on paper`);
      assert.ok((await page.getByRole('region', { name: 'Receipt' }).boundingBox()).y < 100, 'the receipt comes first');
    }
  }
});
