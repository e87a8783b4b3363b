// What somebody typed into the shop is text at the desk, in every field: no script runs, and the policy has nothing to refuse.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { base, buy, launch, newPage, newProduct, open, owner, people, signIn } from './lib.js';
import { pagesOf } from './shop.js';

const hit = 'globalThis.hit=1';
const CORPUS = [
  `<script>${hit}</script>`,
  `"><img src=x onerror=${hit}>`,
  `'><svg/onload=${hit}>`,
  `</title></textarea><script>${hit}</script>`,
  `<iframe srcdoc="<script>parent.hit=1</script>">`,
  `javascript:${hit}`,
  `{{constructor.constructor('${hit}')()}}`,
  `\${${hit}}`,
  `<a href="javascript:${hit}">x</a>`,
  `&lt;script&gt;${hit}&lt;/script&gt;`,
  `=cmd|' /C calc'!A0`,
  `a\u202Eb\u200Bc\u2066d<b>`,
];
const of = (i, most = 1000) => CORPUS[i % CORPUS.length].slice(0, most);

let browser, shop;

/** Puts the corpus into every field of the API that takes a text. */
async function fill() {
  const all = CORPUS.join('\n');
  const orders = [], products = [];
  for (const [i, text] of CORPUS.entries()) {
    const product = await newProduct({ name: text, description: all, category: of(i + 1, 100), image_url: of(i + 5) });
    const person = [text, people[0][1], of(i + 2, 200), of(i + 3, 100), of(i + 4, 20), 'GB'];
    const order = await buy([[product, 2]], { person, note: text, billing_address: { name: of(i + 6, 100), company: text, line1: text, line2: text, city: text.slice(0, 100), region: text.slice(0, 100), postal_code: 'x', country: 'GB', phone: text.slice(0, 30) } });
    await owner('POST', `/orders/${order.id}/fulfillments`, { items: [{ line: 0, quantity: 1 }], carrier: text.slice(0, 100), tracking_number: of(i + 1, 100), tracking_url: `https://example.com/${encodeURIComponent(text)}` });
    await owner('POST', `/orders/${order.id}/refunds`, { amount: 1, reason: text });
    await owner('POST', `/admin/orders/${order.id}/notes`, { text });
    await owner('POST', '/admin/shipping-methods', { name: text.slice(0, 100), description: text, tiers: [{ from: 0, price: 1 }] });
    await owner('POST', '/admin/tax-rates', { country: 'US', region: `${i} ${text}`.slice(0, 100), class: `c${i}${text}`.slice(0, 40), name: text.slice(0, 100), rate_e5: 1 });
    await owner('POST', '/admin/staff', { email: `xss${i}@example.com`, name: text.slice(0, 100), role: 'support' });
    await owner('POST', '/admin/keys', { name: text.slice(0, 100), scopes: ['products:read'] });
    orders.push(order);
    products.push(product);
  }
  await owner('PATCH', '/admin/settings', { shop_name: of(1, 100), shop_address: all.slice(0, 500) });
  await owner('PUT', '/admin/synonyms', { text: `# ${CORPUS.join('\n# ')}\n` });
  return { orders, products };
}

/** A receiver whose answers are hostile too. */
async function hostileWebhook() {
  const receiver = createServer((request, response) => { request.resume(); response.writeHead(200, { 'Content-Type': 'text/html' }).end(CORPUS.join('\n')); });
  await new Promise(done => receiver.listen(0, '127.0.0.1', done));
  after(() => receiver.close());
  const webhook = await owner('POST', '/admin/webhooks', { url: `http://127.0.0.1:${receiver.address().port}/${encodeURIComponent(CORPUS[1])}`, types: ['*'] });
  await owner('POST', `/admin/webhooks/${webhook.id}/test`);
  return webhook;
}

before(async () => {
  browser = await launch();
  const { orders, products } = await fill(), [mail] = await owner('GET', '/admin/mails?limit=1');
  shop = { orders, products, mail, webhook: await hostileWebhook(), partly: orders[0] };
});
after(() => browser?.close());

test('no page runs what somebody typed', async () => {
  const { page, context, troubles, refused } = await newPage(browser, { userAgent: CORPUS[1] });
  page.on('dialog', dialog => { troubles.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
  await signIn(page);
  const paths = [...Object.values(pagesOf(shop)), ...shop.orders.flatMap(({ id }) => [`#/orders/${id}`, `#/orders/slips?ids=${id}`]), ...shop.products.map(({ id }) => `#/products/${id}`),
    `#/orders?q=${encodeURIComponent(CORPUS[1])}`, `#/orders?view=${encodeURIComponent(CORPUS[0])}`, `#/${encodeURIComponent(CORPUS[1])}`, `#/orders/${encodeURIComponent(CORPUS[0])}`, `#/audit?target=${encodeURIComponent(CORPUS[1])}`];
  for (const path of paths) {
    await open(page, path);
    assert.deepEqual([await refused(), await page.evaluate(() => globalThis.hit)], [[], undefined], path);
    assert.equal(await page.locator('#app iframe, #app script, #app [onerror], #app [onload], #app a[href^="javascript:" i]').count(), 0, path);
  }
  await open(page, `#/orders/${shop.orders[1].id}`);
  for (const text of [CORPUS[1], CORPUS[3]]) assert.ok((await page.locator('main').innerText()).includes(text), 'the text is shown as it is');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(CORPUS[1]);
  await page.waitForTimeout(600);
  assert.deepEqual([await refused(), await page.evaluate(() => globalThis.hit), troubles], [[], undefined, []]);
  await context.close();
});

test('the policy would refuse a script, a style and markup', async () => {
  const { page, context } = await newPage(browser);
  await signIn(page);
  const tried = await page.evaluate(() => {
    const throws = run => { try { run(); return false; } catch { return true; } };
    return [throws(() => { document.body.innerHTML = '<b>x</b>'; }), throws(() => new DOMParser().parseFromString('<b>x</b>', 'text/html')), throws(() => { document.createElement('script').text = 'globalThis.hit=1'; })];
  });
  assert.deepEqual(tried, [true, true, true]);
  await page.evaluate(() => { document.body.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' })); });
  assert.ok(await page.locator('h1').isVisible());
  await context.close();
});
