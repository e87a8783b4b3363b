// Setting the shop up at the desk: shipping, taxes, settings, search words, staff, keys, webhooks, mails, and who changed what.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { base, buy, check, codeOf, newPage, newProduct, open, owner } from './lib.js';
import { browser, openPage, page, toast } from './one_page.js';

openPage();

const dialog = () => page.getByRole('dialog');
const methodNamed = async name => (await owner('GET', '/admin/shipping-methods')).find(method => method.name === name);

test('a shipping method for France is added, changed, moved, removed and brought back', async () => {
  await open(page, '#/shipping');
  await page.keyboard.press('n');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByText('This is needed').waitFor();
  await page.getByLabel('Name').fill('Colissimo');
  await page.getByLabel('The weight').check();
  await page.getByLabel('Price', { exact: true }).fill('5.90');
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByLabel('From, in grams').nth(1).fill('2000');
  await page.getByLabel('Price', { exact: true }).nth(1).fill('nine');
  await page.getByLabel('Add a country').selectOption({ label: 'France' });
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByText('Type an amount such as 12.50').waitFor();
  await page.getByLabel('Price', { exact: true }).nth(1).fill('9.90');
  await check(page, 'the dialog of a shipping method');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Colissimo', exact: true }).waitFor();
  const made = await methodNamed('Colissimo');
  assert.deepEqual([made.basis, made.tiers, made.countries], ['weight', [{ from: 0, price: 590 }, { from: 2000, price: 990 }], ['FR']]);
  await page.getByRole('button', { name: 'Move Colissimo up' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-row] .link')[1].textContent === 'Colissimo');
  await page.getByRole('button', { name: 'Colissimo', exact: true }).click();
  await dialog().getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Colissimo', exact: true }).waitFor({ state: 'detached' });
  await toast('Colissimo is removed').getByRole('button', { name: 'Undo' }).click();
  await toast('Undone: removal of Colissimo').waitFor();
  await page.getByRole('button', { name: 'Colissimo', exact: true }).waitFor();
  assert.deepEqual((await methodNamed('Colissimo')).tiers, made.tiers);
});

test('a tax rate is added, and a mistake is said at its field', async () => {
  await open(page, '#/taxes');
  await page.getByRole('button', { name: 'New tax rate' }).click();
  await page.getByLabel('Country').selectOption('FR');
  await page.getByLabel('Name', { exact: true }).fill('TVA');
  await page.getByLabel('Rate, in per cent').fill('a lot');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByText('Type a number such as 19').waitFor();
  await page.getByLabel('Rate, in per cent').fill('5,5');
  await check(page, 'the dialog of a tax rate');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'France' }).waitFor();
  assert.equal((await owner('GET', '/admin/tax-rates')).find(({ country }) => country === 'FR').rate_e5, 5500);
});

test('settings are changed, and what is typed can be discarded', async () => {
  await open(page, '#/settings');
  await page.getByLabel('Name').fill('Halfpenny');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await page.getByLabel('Name').inputValue(), '');
  await page.getByLabel('Name').fill('Halfpenny');
  await page.getByText('Whoever looks after the server can start it with another one.').waitFor();
  assert.doesNotMatch(await page.locator('main').innerText(), /till |--/, 'no commands');
  await page.getByText('show what has 4 or fewer left. At 0 neither a mail nor a webhook warns of it.').waitFor();
  await page.getByLabel('Low stock is this many').fill('6');
  await page.getByLabel('Add a country').selectOption('GB');
  await page.getByRole('button', { name: 'Add the EU' }).click();
  await page.getByLabel('To the staff, for each new order').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await toast('Saved').waitFor();
  await page.locator('.side .brand', { hasText: 'Halfpenny' }).waitFor();
  const now = await owner('GET', '/admin/settings');
  assert.deepEqual([now.shop_name, now.low_stock_at, now.ship_to.length, now.mails.includes('new_order')], ['Halfpenny', 6, 28, true]);
  await page.getByText('show what has 6 or fewer left, and the mail to the staff and webhooks warn of it.').waitFor();
  await owner('PATCH', '/admin/settings', { ship_to: [], low_stock_at: 0 });
});

test('search words are written, and a mistake names its line', async () => {
  await open(page, '#/synonyms');
  await page.getByLabel('Words').fill('sofa, couch\nlonely\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.wrong', { hasText: /line 2/i }).waitFor();
  await page.getByLabel('Words').fill('sofa, couch\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await toast('Saved').waitFor();
  assert.equal((await owner('GET', '/admin/synonyms')).text, 'sofa, couch\n');
});

test('somebody is invited, sets up a second factor, gets another role, is shut out and let in again', async () => {
  await open(page, '#/staff');
  await page.getByRole('button', { name: 'Invite somebody' }).first().click();
  await page.getByLabel('Email address', { exact: true }).fill('mia@example.com');
  await page.getByLabel('Name').fill('Mia');
  await page.getByLabel('Support').check();
  await check(page, 'the dialog that invites');
  await dialog().getByRole('button', { name: 'Invite somebody' }).click();
  const link = await page.getByLabel('Invitation link').inputValue();
  await dialog().getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Mia' }).waitFor();

  const hers = await newPage(browser);
  await hers.page.goto(link);
  await hers.page.getByLabel('Password').fill('correct horse battery staple');
  await hers.page.getByRole('button', { name: 'Choose it and sign in' }).click();
  await hers.page.getByRole('link', { name: 'Mia' }).click();
  await hers.page.getByText('This one').waitFor();
  await check(hers.page, 'an account');
  await hers.page.getByRole('button', { name: 'Set up' }).click();
  const secret = await hers.page.getByRole('textbox', { name: 'Secret' }).inputValue();
  assert.ok(await hers.page.getByRole('img', { name: 'QR code' }).isVisible());
  await check(hers.page, 'the dialog of the second factor, over the account');
  await hers.page.getByLabel('Code of the app').fill('000000');
  await hers.page.getByRole('button', { name: 'Confirm' }).click();
  await hers.page.getByRole('alert').getByText('the password or the code is wrong').waitFor();
  await hers.page.getByLabel('Code of the app').fill(codeOf(secret));
  await hers.page.getByRole('button', { name: 'Confirm' }).click();
  await hers.page.getByRole('dialog', { name: 'Recovery codes' }).waitFor();
  await hers.page.getByRole('button', { name: 'I have kept them' }).click();

  await open(page, '#/staff');
  await page.getByRole('button', { name: 'Mia' }).click();
  await page.getByLabel('Catalogue').check();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await toast('Saved').waitFor();
  await page.getByRole('button', { name: 'Mia' }).click();
  await dialog().getByRole('button', { name: 'Shut out' }).click();
  await toast('Mia is shut out').waitFor();
  await hers.page.reload();
  await hers.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await page.getByRole('button', { name: 'Mia' }).click();
  await dialog().getByRole('button', { name: 'Let in again' }).click();
  await toast('Mia may sign in again').waitFor();
  assert.deepEqual((await owner('GET', '/admin/staff')).filter(({ name }) => name === 'Mia').map(({ role, status, has_second_factor }) => [role, status, has_second_factor]), [['catalogue', 'active', true]]);
  assert.deepEqual([hers.troubles, await hers.refused()], [[], []]);
  await hers.context.close();
});

test('a key that may only read is shown once, reads, and is revoked', async () => {
  await open(page, '#/keys');
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByLabel('Name').fill('Report');
  await check(page, 'the dialog of a key');
  await dialog().getByRole('button', { name: 'Make key' }).click();
  const key = await page.getByLabel('Key', { exact: true }).inputValue();
  const use = (method, path) => fetch(base + path, { method, headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: method === 'GET' ? undefined : '{"price": 1}' }).then(({ status }) => status);
  const product = await newProduct();
  assert.deepEqual([await use('GET', '/admin/orders'), await use('PATCH', `/products/${product.id}`)], [200, 403]);
  await dialog().getByRole('button', { name: 'Done' }).click();
  assert.equal(await page.content().then(html => html.includes(key)), false);
  await page.getByRole('button', { name: 'Revoke Report' }).click();
  await dialog().getByRole('button', { name: 'Revoke' }).click();
  await toast('Report is revoked').waitFor();
  assert.equal(await use('GET', '/admin/orders'), 401);
});

test('a webhook gets a test, another secret, its events once more; it is switched off and removed', async () => {
  const got = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', part => { body += part; }).on('end', () => { got.push(JSON.parse(body).type); response.end('<b>Taken</b>'); });
  });
  await new Promise(done => receiver.listen(0, '127.0.0.1', done));
  after(() => receiver.close());
  const url = `http://127.0.0.1:${receiver.address().port}/till`;
  await open(page, '#/webhooks');
  await page.getByRole('button', { name: 'New webhook' }).first().click();
  await page.getByLabel('Address').fill(url);
  await page.getByLabel('Only some').check();
  await page.getByLabel(/^An order is placed|^order\.created/).check();
  await check(page, 'the dialog of a webhook');
  await dialog().getByRole('button', { name: 'Save' }).click();
  assert.match(await page.getByRole('textbox', { name: 'Secret' }).inputValue(), /^whsec_/);
  await dialog().getByRole('button', { name: 'Done' }).click();
  await page.getByRole('link', { name: url }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await toast('A test event is on its way').waitFor();
  await buy([[await newProduct(), 1]]);
  const taken = async type => {
    const ends = Date.now() + 20_000;
    while (!got.includes(type) && Date.now() < ends) await new Promise(done => setTimeout(done, 50));
    assert.ok(got.includes(type), type);
  };
  await taken('webhook.test');
  await taken('order.created');
  const row = page.locator('[data-row]', { hasText: 'order.created' });
  while (await row.getByText('Taken').count() === 0) { await page.getByRole('button', { name: 'Refresh' }).click(); await page.waitForTimeout(100); }
  await row.getByText('200').click();
  await row.getByText('<b>Taken</b>').waitFor();
  await page.getByRole('button', { name: 'New secret' }).click();
  await dialog().getByRole('button', { name: 'New secret' }).click();
  assert.match(await page.getByRole('textbox', { name: 'Secret' }).inputValue(), /^whsec_/);
  await dialog().getByRole('button', { name: 'Done' }).click();
  got.length = 0;
  await page.getByRole('button', { name: 'Send again' }).click();
  await dialog().getByRole('button', { name: 'Send again' }).click();
  await taken('order.created');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await toast('Switched off').waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await dialog().getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No webhooks yet').waitFor();
});

test('a mail is read, and the test of a shop without mail says so', async () => {
  const order = await buy([[await newProduct({ name: 'Letter opener' }), 1]]);
  await owner('POST', `/orders/${order.id}/fulfillments`, {});
  await open(page, '#/mails');
  await page.getByRole('link', { name: `Your order ${order.number} is on its way` }).click();
  await page.locator('.letter', { hasText: 'Letter opener' }).waitFor();
  await open(page, '#/mails?state=held');
  await page.getByRole('heading', { name: 'Your shop sends no mail yet' }).waitFor();
  await page.getByText('How to switch it on').click();
  await page.getByText('starts the shop with two more flags').waitFor();
  await page.getByRole('searchbox').fill(order.number);
  await page.waitForFunction(() => document.querySelectorAll('main [data-row]').length === 2);
  await check(page, 'the mails of one order');
  await page.getByRole('button', { name: 'Send a test mail' }).click();
  await page.getByLabel('Email address', { exact: true }).fill('not an address');
  await dialog().getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText(/./).first().waitFor();
  await page.keyboard.press('Escape');
});

test('the audit log says who changed a price', async () => {
  const product = await newProduct({ name: 'Watched', price: 3000 });
  await owner('PATCH', `/products/${product.id}`, { price: 2500 });
  await open(page, '#/audit');
  await page.getByLabel('What').selectOption({ label: 'Changed a product' });
  const row = page.locator('[data-row]').first();
  await row.getByText('$25.00').waitFor();
  await row.getByRole('link', { name: 'Watched' }).waitFor();
  assert.match(await row.innerText(), /Price \$30\.00 → \$25\.00[\s\S]*Owner, by token/);
  await row.getByRole('button', { name: 'Owner, by token' }).click();
  assert.match(page.url(), /actor=token/);
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.locator('[data-row]', { hasText: 'Made a key' }).first().waitFor();
});

test('the audit log says whose sign-in was refused', async () => {
  await owner('POST', '/admin/staff', { email: 'guessed@example.com', name: 'Gus', role: 'support' });
  const answer = await fetch(base + '/staff/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: 'guessed@example.com', password: 'a guess' }) });
  assert.equal(answer.status, 401);
  await open(page, '#/audit');
  const row = page.locator('[data-row]').first();
  await row.getByText('Sign-in refused').waitFor();
  assert.match(await row.innerText(), /Sign-in refused: Gus[\s\S]*Because of wrong password[\s\S]*Somebody/);
});
