// The page of the desk that all tests of a file share, signed in as the owner: openPage() at the file's top opens it before the first
// test, and looks after the last one that it was refused nothing and has reported nothing. Each file is a process, so `page` is its own.
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, newPage, owner, signIn } from './lib.js';

export let browser, context, page, troubles;

export function openPage(options = {}) {
  let refused;
  before(async () => {
    browser = await launch();
    ({ page, context, troubles, refused } = await newPage(browser, options));
    await signIn(page);
  });
  after(async () => {
    const found = [troubles, await refused()];
    await browser?.close();
    assert.deepEqual(found, [[], []]);
  });
}

export const toast = text => page.locator('.toast', { hasText: text });
/** The row of a list with a link of this name. */
export const row = name => page.locator('[data-row]', { has: page.getByRole('link', { name, exact: true }) });
export const productOf = async id => (await owner('GET', `/admin/products?q=${id}`)).find(product => product.id === id);

/** Waits for what no page shows. */
export async function until(condition, what) {
  const ends = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < ends, what);
    await new Promise(done => setTimeout(done, 50));
  }
}
