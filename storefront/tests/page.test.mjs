// What a page weighs, that it stands still, its status, and its caches.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { admin, adminToken, cartWith, db, freePort, newPage, newProduct, paidOrder, revalidateSecret, startBoth, startShop, startTill, stop } from './lib.mjs';

const SCRIPT_BYTES_MAX = 130_000;

let till, shop, paths;
before(async () => {
  ({ till, shop } = await startBoth());
  const [lamp] = await (await fetch(`${till.url}/products/search?q=mushroom`)).json();
  paths = ['/', `/product/${lamp.id}`, '/search?q=lamp', '/category/coffee'];
});

test('scripts weigh less than 130 kB on first load, and nothing comes from elsewhere', async () => {
  const product = await newProduct(till);
  const order = await paidOrder(till, shop, [[product, 1]]);
  for (const path of [...paths, '/cart', '/orders', '/orders/find', '/orders/open', `/orders/${order.id}`, '/checkout']) {
    const { page, context, troubles } = await newPage(shop.url);
    if (path.endsWith(order.id)) await context.addCookies([order.cookie]);
    if (path === '/checkout') await context.addCookies([await cartWith(till, shop, product)]);
    await page.goto(shop.url + path, { waitUntil: 'networkidle' });
    const bytes = await page.evaluate(() => performance.getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0));
    assert.ok(bytes > 50_000 && bytes < SCRIPT_BYTES_MAX, `${path}: ${bytes} bytes`);
    assert.deepEqual(troubles, [], path);
    await context.close();
  }
});

// A slow machine shows a page before it has read all of it.
test('nothing on a page moves while it loads, on a desk or on a phone, on a slow machine', async () => {
  const product = await newProduct(till);
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }])
    for (const path of [...paths, '/checkout']) {
      const { page, context } = await newPage(shop.url, { viewport });
      if (path === '/checkout') await context.addCookies([await cartWith(till, shop, product)]);
      await page.addInitScript(() => {
        globalThis.shifts = [];
        new PerformanceObserver(list => globalThis.shifts.push(...list.getEntries().map(({ value, sources }) => `${value} ${sources?.[0]?.node?.outerHTML?.slice(0, 120)}`)))
          .observe({ type: 'layout-shift', buffered: true });
      });
      await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 8 });
      await page.route('**/*.svg', async route => { await new Promise(resolve => setTimeout(resolve, 100)); await route.continue().catch(() => {}); }); // late
      await page.goto(shop.url + path, { waitUntil: 'networkidle' });
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await page.waitForLoadState('networkidle');
      assert.deepEqual(await page.evaluate(() => globalThis.shifts), [], `${path} at ${viewport.width}`);
      await context.close();
    }
});

/** The font that an element's letters are drawn in, which computed styles do not say. */
async function fontOf(page, selector) {
  const browser = await page.context().newCDPSession(page);
  await browser.send('DOM.enable');
  await browser.send('CSS.enable');
  const { root } = await browser.send('DOM.getDocument');
  const { nodeId } = await browser.send('DOM.querySelector', { nodeId: root.nodeId, selector });
  return (await browser.send('CSS.getPlatformFontsForNode', { nodeId })).fonts.map(font => font.familyName).join();
}

// The style sheet's is `optional`: if the first view is without it, so is the page from then on. What a script adds is there before.
test('the first view of a first visit is in the brand font', async () => {
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }])
    for (const path of paths) {
      const { page, context, troubles } = await newPage(shop.url, { viewport });
      await page.goto(shop.url + path, { waitUntil: 'networkidle' });
      assert.ok(await page.evaluate(() => [...document.fonts].some(({ family, status }) => family === 'Brand at once' && status === 'loaded')));
      assert.equal(await fontOf(page, 'h1'), 'Instrument Sans', `${path} at ${viewport.width}`);
      assert.deepEqual(troubles, [], path);
      await context.close();
    }
});

test('what is not there is 404, and what is there is whole without a script', async () => {
  const status = async path => (await fetch(shop.url + path)).status;
  assert.equal(await status('/nothing-here'), 404);
  assert.equal(await status('/category/nothing'), 404);
  assert.equal(await status('/product/5d9dc9f8-1818-4811-892f-902bd23f0824'), 404);
  assert.equal(await status('/product/not-an-id'), 404);
  assert.equal(await status('/orders/5d9dc9f8-1818-4811-892f-902bd23f0824'), 404);
  const product = await newProduct(till, { name: 'A "quoted" <thing> & more' });
  const html = await (await fetch(`${shop.url}/product/${product.id}`)).text();
  assert.match(html, /<h1[^>]*>A &quot;quoted&quot; &lt;thing&gt; &amp; more<\/h1>/);
});

test('a change of the catalogue is shown once its tag is named, by those who may', async () => {
  const shown = async name => (await (await fetch(shop.url)).text()).includes(name);
  const revalidate = (secret, body) => fetch(`${shop.url}/revalidate`, { method: 'POST', headers: { Authorization: `Bearer ${secret}` }, body });
  assert.equal(await shown('Walnut turntable'), true);
  const product = await newProduct(till);
  assert.equal(await shown(product.name), false, 'cached');
  assert.equal((await revalidate('wrong', '{}')).status, 401);
  assert.equal((await revalidate(revalidateSecret, '{"tags": 1}')).status, 422);
  assert.equal(await shown(product.name), false);
  assert.equal((await revalidate(revalidateSecret, '{"tags": ["catalogue"]}')).status, 200);
  assert.equal(await shown(product.name), true);
  await admin(till, 'PATCH', `/products/${product.id}`, { stock_quantity: 2 });
  assert.match(await (await fetch(`${shop.url}/product/${product.id}`)).text(), /Only 2 left/, 'stock is never cached');
});

test('a webhook of Till shows a change of the catalogue at once, and a forged one does not', async () => {
  const own = await startTill({ file: `${db}-hooked`, args: ['--webhook-insecure'] }), port = await freePort();
  const webhook = await admin(own, 'POST', '/admin/webhooks', { url: `http://127.0.0.1:${port}/revalidate`, types: ['product.created', 'product.updated', 'product.deleted'] });
  const pages = await startShop({ TILL_URL: own.url, CATALOGUE_WEBHOOK_SECRET: webhook.secret }, port);
  const ends = Date.now() + 45_000; // after a minute the cache is over by itself
  const shown = async name => (await (await fetch(pages.url)).text()).includes(name);
  const post = (headers, body) => fetch(`${pages.url}/revalidate`, { method: 'POST', headers, body });
  assert.equal(await shown('Walnut turntable'), true);
  const forged = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)), 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` };
  assert.equal((await post(forged, '{"type": "product.updated"}')).status, 401);
  assert.equal((await post(forged, 'x'.repeat(200_000))).status, 413);
  const event = '{"type": "order.paid"}', signed = (secret, agoS = 0) => {
    const at = new Date(Date.now() - agoS * 1000);
    return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': new Webhook(secret).sign('msg_1', at, event) };
  };
  assert.equal((await post(signed(webhook.secret), event)).status, 200);
  for (const [headers, body] of [[signed(`whsec_${Buffer.alloc(32).toString('base64')}`), event], [signed(webhook.secret, 600), event], [signed(webhook.secret, -600), event], [signed(webhook.secret), event + ' '], [{ ...signed(webhook.secret), 'webhook-id': 'msg_2' }, event]])
    assert.equal((await post(headers, body)).status, 401);
  const product = await newProduct(own);
  while (!(await shown(product.name))) {
    assert.ok(Date.now() < ends, 'the webhook has not emptied the cache');
    await new Promise(done => setTimeout(done, 100));
  }
  await stop(pages.child);
  await stop(own.child);
});

test('a body that is larger than any of a shopper is refused before it is kept', async () => {
  for (const path of ['/', '/checkout', '/api/cart'])
    assert.equal((await fetch(shop.url + path, { method: 'POST', body: 'x'.repeat(300_000) })).status, 413, path);
  const parts = ['{"tags": ["catalogue"], "more": "', 'x'.repeat(300_000), '"}'].map(text => new TextEncoder().encode(text));
  const chunked = { method: 'POST', headers: { Authorization: `Bearer ${revalidateSecret}` }, body: ReadableStream.from(parts), duplex: 'half' };
  assert.equal((await fetch(`${shop.url}/revalidate`, chunked)).status, 422, 'one that does not say how large it is, is cut');
});

test('Till behind /api and /media is the same origin, and pages cannot be framed', async () => {
  const answer = await fetch(`${shop.url}/api/products/suggest?q=lam`);
  assert.equal(answer.status, 200);
  assert.equal((await answer.json())[0].text, 'lamp');
  const [product] = await (await fetch(`${shop.url}/api/products?limit=1&offset=20`)).json();
  const picture = await fetch(shop.url + product.image_url);
  assert.match(picture.headers.get('content-type'), /svg/);
  assert.match(picture.headers.get('cache-control'), /immutable/);
  assert.equal((await fetch(shop.url)).headers.get('x-frame-options'), 'DENY');
  for (const path of ['checkout', 'shipping-methods?country=DE']) assert.equal((await fetch(`${shop.url}/api/${path}`)).status, 200, path);
  for (const path of ['metrics', 'admin/settings', 'admin/shipping-methods', 'staff'])
    assert.equal((await fetch(`${shop.url}/api/${path}`)).status, 404, `what no shopper needs is not handed on: ${path}`);
  const change = await fetch(`${shop.url}/api/products/${product.id}`, { method: 'PATCH', headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' }, body: '{"price": 1}' });
  assert.equal(change.status, 401, 'nobody is the admin here');
});

test('an address that the shop refuses leads back, and is not taken for a shop that is shut', async () => {
  const wrong = ['/search?page=999', '/search?q=lamp&page=9999', '/category/coffee?page=5000', `/search?q=lamp&category=${'x'.repeat(500)}`];
  for (const path of wrong) {
    const { page, context } = await newPage(shop.url);
    assert.equal((await page.goto(shop.url + path)).status(), 404, path);
    await page.getByRole('main').getByRole('link', { name: 'See everything' }).waitFor();
    await context.close();
  }
  for (const path of ['/search?q=%00', '/search?q=lamp%00&max_price=1e9', '/search?q=%ff', '/search?category=', '/search?q=%F0%9F%98%80'])
    assert.equal((await fetch(shop.url + path)).status, 200, path);
  assert.ok([400, 404].includes((await fetch(`${shop.url}/category/%E0%A4%A`)).status));
});

test('without a script every picture of the home page is there, and the title in the head', async () => {
  const { page } = await newPage(shop.url, { javaScriptEnabled: false });
  await page.goto(shop.url);
  const tiles = page.getByRole('navigation', { name: 'Shop by category' }).getByRole('listitem');
  assert.ok(await tiles.count() >= 4);
  assert.equal(await tiles.locator('img').count(), await tiles.count());
  assert.match(await (await fetch(`${shop.url}/search?q=lamp`)).text(), /<head>.*<title>lamp · .*<\/head>/s);
});
