// What the desk's tests share: a browser, pages that remember what went wrong on them, and a shop with orders in it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const { TILL_URL, TILL_ADMIN_TOKEN } = process.env;
if (!TILL_URL || !TILL_ADMIN_TOKEN) throw new Error('TILL_URL (of a running server) and TILL_ADMIN_TOKEN must be set');

export const base = TILL_URL.replace(/\/$/, '');
export const token = TILL_ADMIN_TOKEN;

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: QUIET });

export const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** A page in a context of its own. `troubles` gathers what its policy refused, console errors, exceptions, and requests to anywhere else. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: sizes.desktop, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // a busy machine
  const troubles = [];
  page.on('console', message => { if (message.type() === 'error' && !/^Failed to load resource: the server responded with a status of 4/.test(message.text())) troubles.push(message.text()); });
  page.on('pageerror', error => troubles.push(String(error)));
  page.on('request', request => {
    const { protocol, origin, href } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== new URL(base).origin) troubles.push(`foreign request: ${href}`);
  });
  await context.addInitScript(() => {
    globalThis.refused = [];
    document.addEventListener('securitypolicyviolation', event => globalThis.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  });
  return { page, context, troubles, refused: () => page.evaluate(() => globalThis.refused) };
}

/** Signs in with the token, by the API: the page then has the cookie. */
export async function signIn(page, path = '#/') {
  const answer = await page.context().request.post(`${base}/staff/token-login`, { data: { token } });
  assert.equal(answer.status(), 200);
  await open(page, path);
}

/** Opens a page of the desk, and waits until it shows what it has. */
export async function open(page, path) {
  await page.goto('about:blank'); // going from one `#` to another would not load the page anew
  await page.goto(`${base}/admin${path}`);
  await settled(page);
}

/** Waits until nothing is being loaded any more. */
export async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
}

/** As the shop's owner, by the API. */
export async function owner(method, path, body, headers = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

export const people = [
  ['Ann Smith', 'ann.smith@example.com', '1 High Street', 'London', 'SW1A 1AA', 'GB'],
  ['José García', 'jose@example.com', 'Calle Mayor 12', 'Madrid', '28013', 'ES'],
  ['Mareike Wölfl', 'mareike@example.com', 'Lindenallee 4', 'Hamburg', '20259', 'DE'],
  ['Chloé Dubois', 'chloe.dubois@example.com', '8 rue de la Paix', 'Lyon', '69002', 'FR'],
];

const addressOf = ([name, , line1, city, postal_code, country]) => ({ name, line1, city, postal_code, country });

export const newProduct = (fields = {}) => owner('POST', '/products', {
  name: 'Test thing', description: 'Made by a test.', price: 1250, stock_quantity: 90, category: 'tests', image_url: '/media/none.svg', ...fields,
});

/** Buys as a shopper does. `lines` are pairs of a product and a quantity. */
export async function buy(lines, { person = people[0], pay = 'pm_card_visa', ...fields } = {}) {
  let session;
  const ask = async (method, path, body) => {
    const answer = await fetch(base + path, { method, headers: { 'Content-Type': 'application/json', ...(session ? { 'X-Session-Id': session } : {}) }, body: JSON.stringify(body) });
    session ??= answer.headers.get('x-session-id') ?? undefined;
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const ids = [];
  for (const [product, quantity] of lines) ids.push((await ask('POST', '/cart', { product_id: product.id, quantity })).id);
  const order = await ask('POST', '/orders', { cart_item_ids: ids, email: person[1], shipping_address: addressOf(person), ...fields });
  if (pay) {
    const payment = await ask('POST', '/payments/create-intent', { order_id: order.id });
    await ask('POST', '/payments/confirm', { payment_id: payment.id, payment_method: pay });
  }
  const { order: details } = await owner('GET', `/admin/orders/${order.id}`);
  return details;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing, and the page is no wider than its window. */
export const check = async (page, name) => assert.deepEqual(await findings(page, name), []);

export async function findings(page, name) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE); // a script tag would be refused
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [...found, ...(wide > 0 ? [`${wide} px too wide`] : [])].map(text => `${name}: ${text}`);
}

/** The code that an authenticator app shows (RFC 6238). */
export function codeOf(secret) {
  const bits = [...secret].map(sign => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest(), at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
