// The desk's frame: what it weighs, who may sign in, the keyboard.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { base, buy, check, codeOf, launch, newPage, newProduct, open, owner, settled, signIn, token } from './lib.js';

const BYTES_MAX = 120_000; // of the page and all its files, as gzip

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

async function gzipBytes(path) {
  const answer = await fetch(`${base}/${path}`, { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(answer.status, 200, path);
  assert.equal(answer.headers.get('content-encoding'), 'gzip');
  return Number(answer.headers.get('content-length'));
}

test('the page and all its files are within their budget', async () => {
  const page = await (await fetch(base + '/admin')).text();
  const files = [...page.matchAll(/"(admin\/assets\/[^"]+)"/g)].map(([, name]) => name);
  assert.ok(files.length >= 2, 'a script and an icon: was the desk built?');
  const sizes = await Promise.all(['admin', ...files].map(gzipBytes));
  const sum = sizes.reduce((a, b) => a + b);
  console.log(`the desk is ${sum} bytes as gzip`);
  assert.ok(sum <= BYTES_MAX, `${sum} bytes`);
});

test('the owner signs in with the token, and out again', async () => {
  const { page, context, troubles, refused } = await newPage(browser);
  await page.goto(base + '/admin');
  await page.getByLabel('Admin token').fill('not-the-token');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the admin token.').waitFor();
  await page.getByLabel('Admin token').fill(` ${token} `);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  const cookie = (await context.cookies()).find(({ name }) => name === 'till_staff');
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict');
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage })).then(kept => kept.includes('tests-token')), false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  assert.deepEqual([troubles, await refused()], [[], []]);
  await context.close();
});

test('who signs out while the server cannot be reached is shown nothing more, and told to do it again', async () => {
  const { page, context } = await newPage(browser);
  await signIn(page, '#/products');
  await page.locator('[data-row]').first().waitFor();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await page.getByText('This browser is still signed in').waitFor();
  assert.equal(await page.locator('[data-row]').count(), 0);
  await context.close();
});

test('somebody who is invited chooses a password, and signs in with it and a code', async () => {
  const password = 'correct horse battery staple';
  const { invite_url } = await owner('POST', '/admin/staff', { email: 'packer@example.com', name: 'Pat', role: 'fulfilment' });
  const { page, context, troubles } = await newPage(browser);
  await page.goto(base + invite_url);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Choose it and sign in' }).click();
  await page.locator('.wrong').waitFor();
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Choose it and sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  assert.ok(!page.url().includes('accept'), 'the link is no longer in the address');
  assert.deepEqual(await page.locator('.side nav a').allInnerTexts().then(texts => texts.includes('Settings')), false);

  const begun = await context.request.post(base + '/staff/totp', { headers: { Origin: base } });
  const { secret } = await begun.json();
  const set = await context.request.post(base + '/staff/totp/confirm', { data: { code: codeOf(secret) }, headers: { Origin: base } });
  const { recovery_codes } = await set.json();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'As staff' }).click();
  await page.getByLabel('Email address').fill('packer@example.com');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill(recovery_codes[0]);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  assert.deepEqual(troubles, []);
  await context.close();
});

test('a session that ends asks to sign in, and leads back to the same page', async () => {
  const { page, context } = await newPage(browser);
  await signIn(page, '#/orders');
  await context.clearCookies();
  await page.getByRole('link', { name: 'Paid', exact: true }).or(page.getByRole('link', { name: 'Shipped' })).first().click();
  await page.getByText('Your session has ended.').waitFor();
  await page.getByLabel('Admin token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
  assert.match(page.url(), /view=shipped/);
  await context.close();
});

test('everything is there by keyboard', async () => {
  const product = await newProduct({ name: 'Keyboard thing' });
  const [first, second] = [await buy([[product, 1]]), await buy([[product, 2]])];
  const { page, context } = await newPage(browser);
  await signIn(page, '#/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the page');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
  await page.getByRole('link', { name: second.number }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.closest('[data-row]')?.dataset.row);
  await page.keyboard.press('j');
  assert.equal(await focused(), second.id);
  await page.keyboard.press('j');
  assert.equal(await focused(), first.id);
  await page.keyboard.press('k');
  assert.equal(await focused(), second.id);
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('e');
  await page.getByRole('dialog', { name: 'Ship' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await page.keyboard.type(first.number);
  await page.getByRole('link', { name: second.number }).waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: second.number }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await check(page, 'the list of keys');
  await page.getByRole('button', { name: 'Turn single keys off' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  assert.match(page.url(), /#\/orders/);
  await page.keyboard.press('Control+k');
  const search = page.getByRole('combobox', { name: 'Search' });
  await search.fill('Keyboard thing');
  await page.getByRole('option', { name: /Keyboard thing/ }).waitFor();
  await check(page, 'the search over everything');
  await search.fill(second.number);
  await page.getByRole('option', { name: new RegExp(second.number) }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: `Order ${second.number}` }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
  await context.close();
});

test('colours follow the system, and a choice stays', async () => {
  const { page, context } = await newPage(browser, { colorScheme: 'dark' });
  await signIn(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.getByRole('button', { name: 'Colours: As the system' }).click();
  const light = await background();
  assert.notEqual(light, dark);
  await page.reload();
  await settled(page);
  assert.equal(await background(), light);
  await context.close();
});
