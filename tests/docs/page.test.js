// Drives /docs as a reader would. Everything is found through the document, so the names of operations may change.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { base, launch, newPage, operationsOf, readDocument, token } from './lib.js';

const PAGE_BYTES_MAX = 60_000;
const SHELL_TROUBLE = `It's "$HOME" \`id\` $(id) !! \\n \\\\ * ? [a] {b} ~ # & | ; < > % é 🛒`;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const document = await readDocument(), operations = operationsOf(document);
let browser;
const made = [];  // products that these tests put into the shop

before(async () => {
  browser = await launch();
});

after(async () => {
  for (const id of made) await fetch(`${base}/products/${id}`, { method: 'DELETE', headers: { Authorization: 'Bearer ' + token } });
  await browser?.close();
});

// The option that skips a test of something the document does not have.
const needs = path => ({ skip: operations.some(op => op.path === path) ? false : `the document has no ${path}` });

const idOf = (method, path) => {
  const found = operations.find(op => op.method === method && op.path === path);
  assert.ok(found, `${method} ${path} is in the document`);
  return found.id;
};

async function openDocs(options = {}, { hash = '', ready = '.card' } = {}) {
  const opened = await newPage(browser, options);
  await opened.page.goto(`${base}/docs${hash}`);
  await opened.page.waitForSelector(ready);
  return opened;
}

// The card of an operation, opened.
async function openOperation(page, method, path) {
  const card = page.locator(`[data-operation="${idOf(method, path)}"]`);
  const head = card.locator('.head');
  if (await head.getAttribute('aria-expanded') !== 'true') await head.click();
  return card;
}

// Sends, and returns the status that the page shows and the reply as the browser got it.
async function send(page, card) {
  const [reply] = await Promise.all([
    page.waitForResponse(response => response.request().resourceType() === 'fetch'),
    card.getByRole('button', { name: 'Send' }).click(),
  ]);
  await card.locator('.try button[aria-disabled=true]').waitFor({ state: 'detached' });  // until then an earlier reply is shown
  await card.locator('.try .status').waitFor();
  const shown = await card.locator('.try .status').textContent();
  assert.equal(shown.split(' ')[0], String(reply.status()));
  return { status: reply.status(), reply };
}

async function copyCurl(page, card) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(base).origin });
  await card.getByRole('button', { name: 'Copy curl' }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

// Runs a copied line as a reader's shell would; the reply's status and body.
function runInShell(line) {
  const out = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const at = out.indexOf('\r\n\r\n');
  return { status: Number(out.split(' ')[1]), body: out.slice(at + 4) };
}

const setToken = (page, value = token) => page.getByLabel('Staff token', { exact: true }).fill(value);
const newProduct = name => JSON.stringify({ name, description: 'Made by a test.', price: 1250, stock_quantity: 9, category: 'tests', image_url: '/media/1.svg' });

test('the page loads under its policy with no error and asks nobody else', async () => {
  const answer = await fetch(base + '/docs');
  assert.match(answer.headers.get('content-type'), /^text\/html/);
  assert.match(answer.headers.get('content-security-policy') || '', /default-src 'none'/);
  const { context, troubles, page } = await openDocs();
  assert.match(await page.title(), new RegExp(document.info.title));
  assert.deepEqual(troubles, []);
  await context.close();
});

for (const colorScheme of ['light', 'dark'])
  for (const width of [320, 1280])
    test(`the front page leads to shop, desk and docs, ${colorScheme}, ${width} pixels wide`, async () => {
      const { context, troubles, page } = await newPage(browser, { colorScheme, viewport: { width, height: 700 } });
      await page.goto(base + '/');
      assert.deepEqual(await page.$$eval('a', links => links.map(link => new URL(link.href).pathname)), ['/products', '/admin', '/docs']);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await page.evaluate(readFileSync(AXE, 'utf8'));
      assert.deepEqual((await page.evaluate(() => window.axe.run())).violations.map(v => v.id), []);
      assert.deepEqual(troubles, []);
      await page.click('text=Docs');
      await page.waitForSelector('.card');
      await context.close();
    });

test('the page is under 60 KB before compression', async () => {
  const html = await (await fetch(base + '/docs', { headers: { 'Accept-Encoding': 'identity' } })).arrayBuffer();
  assert.ok(html.byteLength < PAGE_BYTES_MAX, `${html.byteLength} bytes`);
});

test('all operations of the document are listed, on the page and in the navigation', async () => {
  const { page, context } = await openDocs();
  const cards = await page.$$eval('[data-operation]', nodes => nodes.map(node => node.dataset.operation));
  const links = await page.$$eval('nav a', nodes => nodes.map(node => decodeURIComponent(node.hash.slice(1))));
  assert.deepEqual([...cards].sort(), operations.map(op => op.id).sort());
  for (const op of operations) assert.ok(links.includes(op.id), op.id);
  const models = await page.$$eval('[data-model]', nodes => nodes.map(node => node.dataset.model));
  assert.deepEqual(models, Object.keys(document.components.schemas));
  await context.close();
});

test('every operation and model opens, and shows all its parameters and replies', async () => {
  const { page, context, troubles } = await openDocs();
  await page.$$eval('.head', heads => heads.forEach(head => head.click()));
  for (let round = 0; round < 4; round++) await page.$$eval('.answer[aria-expanded=false], .more[aria-expanded=false]', all => all.forEach(one => one.click()));
  for (const op of operations) {
    const text = await page.locator(`[data-operation="${op.id}"]`).innerText();
    for (const param of op.parameters || []) assert.ok(text.includes(param.name), `${op.id}: ${param.name}`);
    for (const status of Object.keys(op.responses)) assert.ok(text.includes(status), `${op.id}: ${status}`);
    assert.doesNotMatch(text, /\bundefined\b|\[object /, op.id);
  }
  for (const body of await page.$$eval('.editor textarea', areas => areas.map(area => area.value))) JSON.parse(body);
  assert.deepEqual(troubles, []);
  await context.close();
});

test('the filter leaves what matches, says when nothing does, and Escape empties it', async () => {
  const { page, context } = await openDocs();
  const visible = () => page.$$eval('[data-operation]', nodes => nodes.filter(node => node.checkVisibility()).map(node => node.dataset.operation));
  await page.getByLabel('Filter operations').fill('patch product');
  const left = await visible();
  assert.ok(left.includes(idOf('patch', '/products/{product_id}')));
  assert.ok(!left.includes(idOf('get', '/products')));
  await page.getByLabel('Filter operations').fill('no such thing anywhere');
  assert.deepEqual(await visible(), []);
  assert.ok(await page.getByText('Nothing matches').isVisible());
  await page.keyboard.press('Escape');
  assert.equal((await visible()).length, operations.length);
  await context.close();
});

test('try it: GET /products shows 200, the time, the headers and the body', async () => {
  const { page, context, troubles } = await openDocs();
  const card = await openOperation(page, 'get', '/products');
  await card.locator('[data-param=limit]').fill('2');
  const { status, reply } = await send(page, card);
  assert.equal(status, 200);
  assert.equal(new URL(reply.url()).search, '?limit=2');
  assert.match(await card.locator('.try').innerText(), /\d ms/);
  await card.getByRole('button', { name: /\d+ headers/ }).click();
  assert.match(await card.locator('.headers').innerText(), /content-type: application\/json/);
  await card.locator('[data-param=limit]').fill('0');
  assert.equal((await send(page, card)).status, 422);
  assert.match(await card.locator('.try pre[aria-label=Reply]').innerText(), /greater_than_equal/);
  assert.deepEqual(troubles.filter(text => !/422/.test(text)), []);  // the browser's own line about a 422
  await context.close();
});

test('try it: POST /products is 401 without the admin token and 201 with it', async () => {
  const { page, context } = await openDocs();
  const card = await openOperation(page, 'post', '/products');
  await card.locator('textarea').fill(newProduct('Docs test'));
  assert.ok(await card.getByText('Needs the staff token').isVisible());
  assert.equal((await send(page, card)).status, 401);
  await setToken(page);
  const { status, reply } = await send(page, card);
  assert.equal(status, 201);
  made.push((await reply.json()).id);
  await context.close();
});

test('the admin token is kept for the tab only, never in localStorage', async () => {
  const { page, context } = await openDocs();
  await setToken(page, 'a-secret-of-mine');
  await page.reload();
  await page.waitForSelector('.card');
  assert.equal(await page.getByLabel('Staff token', { exact: true }).inputValue(), 'a-secret-of-mine');
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie), /a-secret-of-mine/);
  await context.close();
});

test('a session is minted in the page, sent as its header, and can be replaced', needs('/cart'), async () => {
  const { page, context } = await openDocs();
  const field = page.getByLabel('Session', { exact: true }), first = await field.inputValue();
  assert.match(first, /^[\w-]{16,128}$/);
  const card = await openOperation(page, 'get', '/cart');
  const { status, reply } = await send(page, card);
  assert.equal(status, 200);
  assert.equal(reply.request().headers()['x-session-id'], first);
  await page.getByRole('button', { name: 'New Session' }).click();
  assert.notEqual(await field.inputValue(), first);
  assert.match(await card.locator('.try').innerText(), new RegExp(await field.inputValue()));
  await context.close();
});

test('the copied curl line gives the same status in a shell', async () => {
  const { page, context } = await openDocs();
  for (const [method, path, fill] of [['get', '/products', { limit: '3' }], ['get', '/products', { limit: 'two & three' }], ['get', '/categories', {}], ['get', '/products/{product_id}', {}]]) {
    const card = await openOperation(page, method, path);
    for (const [name, value] of Object.entries(fill)) await card.locator(`[data-param=${name}]`).fill(value);
    const { status } = await send(page, card);
    assert.equal(runInShell(await copyCurl(page, card)).status, status, `${method} ${path}`);
  }
  await context.close();
});

test('the curl line survives every character that a shell treats as its own', async () => {
  const { page, context } = await openDocs();
  const name = SHELL_TROUBLE;
  await setToken(page);
  const card = await openOperation(page, 'post', '/products');
  await card.locator('textarea').fill(newProduct(name));
  const { status, reply } = await send(page, card), fromPage = await reply.json();
  const shell = runInShell(await copyCurl(page, card)), fromShell = JSON.parse(shell.body);
  made.push(fromPage.id, fromShell.id);
  assert.equal(shell.status, status);
  assert.equal(fromPage.name, name);
  assert.equal(fromShell.name, name);
  await context.close();
});

test('the curl line of a query survives them too', needs('/products/search'), async () => {
  const { page, context } = await openDocs();
  const name = SHELL_TROUBLE;
  const search = await openOperation(page, 'get', '/products/search');
  await search.locator('[data-param=q]').fill(name);
  const found = await send(page, search), again = runInShell(await copyCurl(page, search));
  assert.equal(again.status, found.status);
  assert.deepEqual(JSON.parse(again.body), await found.reply.json());
  await context.close();
});

test('a whole purchase needs no pasting: ids go from each reply into the next request', needs('/payments/create-intent'), async () => {
  const { page, context } = await openDocs();
  await setToken(page);
  const step = async (method, path) => {
    const { status, reply } = await send(page, await openOperation(page, method, path));
    assert.ok(status < 300, `${method} ${path} was ${status}: ${await reply.text()}`);
    return reply.json();
  };
  const create = await openOperation(page, 'post', '/products');
  await create.locator('textarea').fill(newProduct('Bought in a test'));
  const product = await step('post', '/products');
  made.push(product.id);
  assert.equal((await step('get', '/products/{product_id}')).id, product.id);
  assert.equal((await step('post', '/cart')).product.id, product.id);
  const order = await step('post', '/orders');
  assert.equal((await step('get', '/orders/{order_id}')).id, order.id);
  const payment = await step('post', '/payments/create-intent');
  assert.equal(payment.order_id, order.id);
  assert.equal((await step('get', '/payments/{payment_id}')).id, payment.id);
  await context.close();
});

test('a path parameter that is empty is asked for, not sent', async () => {
  const { page, context } = await openDocs();
  const card = await openOperation(page, 'get', '/products/{product_id}');
  const input = card.locator('[data-param=product_id]');
  await input.fill('');
  await card.getByRole('button', { name: 'Send' }).click();
  assert.equal(await input.getAttribute('aria-invalid'), 'true');
  assert.equal(await card.locator('.try .status').count(), 0);
  await context.close();
});

test('an address with an operation opens it, and opening one puts it into the address', async () => {
  const id = idOf('post', '/products'), other = idOf('get', '/products');
  const { page, context } = await openDocs({}, { hash: '#' + id, ready: '.try' });
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-operation]')?.dataset.operation), id);
  assert.ok(await page.locator(`[data-operation="${id}"] .head`).evaluate(head => { const { top } = head.getBoundingClientRect(); return top >= 0 && top < innerHeight; }));
  await page.locator(`[data-operation="${other}"] .head`).click();
  assert.equal(new URL(page.url()).hash, '#' + other);
  assert.equal(await page.locator('nav a[aria-current]').getAttribute('href'), '#' + other);
  await page.locator('.card .type a[href="#model:ProductRead"], .card .aside a').first().click();
  assert.match(new URL(page.url()).hash, /^#model:/);
  await context.close();
});

test('dark and light: the system decides, the button changes it, and it stays', async () => {
  const { page, context } = await openDocs({ colorScheme: 'light' });
  const lightness = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3);
  assert.ok(await lightness() > 200);
  await page.getByRole('button', { name: 'Switch to dark' }).click();
  assert.ok(await lightness() < 60);
  await page.reload();
  await page.waitForSelector('.card');
  assert.ok(await lightness() < 60);
  await page.getByRole('button', { name: 'Switch to light' }).click();
  assert.ok(await lightness() > 200);
  await context.close();
  const dark = await openDocs({ colorScheme: 'dark' });
  assert.equal(await dark.page.getByRole('button', { name: 'Switch to light' }).count(), 1);
  await dark.context.close();
});

test('by keyboard alone: skip link, filter, open, fill, send, close', async () => {
  const { page, context } = await openDocs();
  const focused = what => page.evaluate(what => eval(`(el => ${what})`)(document.activeElement), what);
  await page.keyboard.press('Tab');
  assert.equal(await focused('el.id'), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await focused('el.id'), 'main');
  await page.keyboard.press('/');
  assert.equal(await focused('el.id'), 'filter');
  await page.keyboard.type('get /products');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused('el.tagName'), 'A');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.try');
  assert.equal(await focused('el.getAttribute("aria-expanded")'), 'true');
  assert.notEqual(await focused('getComputedStyle(el).outlineStyle'), 'none');
  for (let i = 0; i < 40 && await focused('el.dataset.param') !== 'limit'; i++) await page.keyboard.press('Tab');
  await page.keyboard.type('3');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.try .s2');
  assert.match(await page.locator('#said').textContent(), /^Reply 200/);
  for (let i = 0; i < 40 && !await focused('el.matches(".head")'); i++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  assert.equal(await focused('el.getAttribute("aria-expanded")'), 'false');
  await page.keyboard.press('Enter');
  assert.equal(await focused('el.getAttribute("aria-expanded")'), 'true');
  await context.close();
});

test('markup in the document is inert text, wherever it stands', async () => {
  const evil = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1"> \`<b>\` [x](javascript:window.pwned=1)`;
  const { page, context, troubles } = await newPage(browser);
  const poison = node => Array.isArray(node) ? node.map(poison)
    : node && typeof node === 'object' ? Object.fromEntries(Object.entries(node).map(([key, value]) =>
      [key, ['description', 'summary', 'title', 'version', 'example', 'pattern'].includes(key) && typeof value === 'string' ? value + evil : poison(value)])) : node;
  const bad = poison(document);
  bad.tags.push({ name: 'x' + evil, description: evil });
  bad.paths['/' + evil] = { get: { tags: ['x' + evil], operationId: 'op' + evil, summary: evil, description: evil, deprecated: true, parameters: [{ name: evil, in: 'query', description: evil, example: evil, schema: { type: evil, format: evil, enum: [evil, 1], default: evil } }], responses: { 200: { description: evil, content: { [evil]: { schema: { $ref: '#/components/schemas/Evil' }, example: evil } } } } } };
  bad.components.schemas.Evil = { title: evil, type: 'object', properties: { [evil]: { type: evil, const: evil, description: evil } }, required: [evil] };
  bad.components.securitySchemes['s' + evil] = { type: 'apiKey', in: 'header', name: evil, description: evil };
  await page.route('**/openapi.json', route => route.fulfill({ json: bad }));
  await page.goto(base + '/docs');
  await page.waitForSelector('.card');
  await page.$$eval('.head', heads => heads.forEach(head => head.click()));
  for (let round = 0; round < 4; round++) await page.$$eval('.answer[aria-expanded=false], .more[aria-expanded=false]', all => all.forEach(one => one.click()));
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(await page.$$eval('main *, nav *, header *', all => all.filter(el => /^(SCRIPT|IMG|IFRAME)$/i.test(el.tagName) || [...el.attributes].some(a => a.name.startsWith('on') || /^\s*javascript:/i.test(a.value))).map(el => el.outerHTML)), []);
  assert.ok((await page.locator('h1').innerText()).includes(evil));
  assert.equal(await page.locator('[data-operation]').count(), operations.length + 1);
  assert.deepEqual(troubles, []);
  await context.close();
});

test('a document that cannot be loaded is said plainly, and can be tried again', async () => {
  const { page, context } = await newPage(browser);
  let answers = [route => route.abort(), route => route.fulfill({ status: 503, body: '{}' }), route => route.fulfill({ body: 'not json' }), route => route.continue()];
  await page.route('**/openapi.json', route => answers.shift()(route));
  await page.goto(base + '/docs');
  for (const reason of [/fetch/i, /503/, /not valid JSON/i]) {
    await page.getByText(reason).waitFor();
    assert.ok(await page.getByRole('alert').isVisible());
    await page.getByRole('button', { name: 'Try again' }).click();
  }
  await page.waitForSelector('.card');
  assert.equal(await page.getByRole('alert').count(), 0);
  await context.close();
});

test('on a phone nothing is wider than the screen, and the menus open and close', async () => {
  const { page, context } = await openDocs({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
  await page.$$eval('.head', heads => heads.forEach(head => head.click()));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  const nav = page.getByRole('navigation');
  assert.equal(await nav.isVisible(), false);
  await page.getByRole('button', { name: 'Operations' }).click();
  assert.ok(await nav.isVisible());
  await page.keyboard.press('Escape');
  assert.equal(await nav.isVisible(), false);
  await page.getByRole('button', { name: 'Credentials' }).click();
  assert.ok(await page.getByLabel('Staff token', { exact: true }).isVisible());
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds no accessibility fault, ${colorScheme}`, async () => {
    const { page, context } = await openDocs({ colorScheme });
    for (const [method, path] of [['get', '/products'], ['post', '/products'], ['patch', '/products/{product_id}']]) await openOperation(page, method, path);
    await send(page, await openOperation(page, 'get', '/products'));
    await page.addScriptTag({ path: AXE });
    const faults = await page.evaluate(async () => (await window.axe.run()).violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html).join(' | ')}`));
    assert.deepEqual(faults, []);
    await context.close();
  });
}
