// The first view: what the page paints before its script has come, and what it asks for ahead of it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { base, buy, launch, newPage, newProduct, settled, signIn } from './lib.js';

let browser;
before(async () => {
  browser = await launch();
  await buy([[await newProduct({ name: 'First thing' }), 1]]);
});
after(() => browser?.close());

const needed = {
  '#/': ['checkout', 'staff/me', 'admin/settings', 'admin/summary?days=30', 'admin/orders?limit=8', 'admin/orders?limit=5&fulfillment=unshipped'],
  '#/orders': ['checkout', 'staff/me', 'admin/settings', 'admin/orders?limit=50'],
  '#/products': ['checkout', 'staff/me', 'admin/settings', 'admin/products?limit=50', 'categories'],
};

/** Loads a place anew while its script is held back. Returns the calls, and what lets the script go on. */
async function openHeld(page, place) {
  const calls = [];
  page.on('request', request => { if (request.resourceType() === 'fetch') calls.push(request.url().slice(base.length + 1)); });
  let release;
  const held = new Promise(done => (release = done));
  await page.route('**/admin/assets/desk-*.js', async route => { await held; await route.continue(); });
  await page.goto('about:blank');
  await page.goto(`${base}/admin${place}`, { waitUntil: 'commit' });
  await page.locator('.outlines').first().waitFor({ state: 'attached' });
  return { calls, release };
}

for (const [place, paths] of Object.entries(needed)) {
  test(`${place} asks ahead for what it shows, and once`, async () => {
    const { page, context, troubles, refused } = await newPage(browser);
    await signIn(page);
    const { calls, release } = await openHeld(page, place);
    await page.locator('.for-known').waitFor();
    await page.waitForFunction(count => globalThis.tillEarly?.size === count, paths.length);
    assert.deepEqual([...calls].sort(), [...paths].sort());
    await page.evaluate(() => {
      globalThis.tillEarly.clear = function clear() {
        globalThis.thrownAway = [...this.keys()];
        Map.prototype.clear.call(this);
      };
    });
    release();
    await settled(page);
    await page.locator('main [data-row]').first().waitFor();
    await page.waitForFunction(() => globalThis.thrownAway);
    assert.deepEqual(await page.evaluate(() => globalThis.thrownAway), [], 'asked ahead, but not by the page');
    for (const path of paths) assert.equal(calls.filter(call => call === path).length, 1, path);
    assert.equal(await page.locator('.outlines').count(), 0);
    assert.deepEqual([troubles, await refused()], [[], []]);
    await context.close();
  });
}

test('a stranger sees the outlines of the sign-in, and nothing is asked for but who it is', async () => {
  const { page, context, troubles, refused } = await newPage(browser);
  const { calls, release } = await openHeld(page, '#/orders');
  await page.locator('.for-others').waitFor();
  assert.equal(await page.locator('.for-known').isVisible(), false);
  release();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  assert.deepEqual(calls.sort(), ['checkout', 'staff/me']);
  assert.deepEqual([troubles, await refused()], [[], []]);
  await context.close();
});

test('who has signed out is a stranger again', async () => {
  const { page, context } = await newPage(browser);
  await signIn(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  const { release } = await openHeld(page, '');
  await page.locator('.for-others').waitFor();
  release();
  await context.close();
});
