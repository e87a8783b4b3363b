// Every page, on a desktop and on a phone, in light and in dark: axe finds nothing, the policy refuses nothing, nobody else is asked.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { check, findings, launch, newPage, open, signIn, sizes } from './lib.js';
import { fillShop, pagesOf } from './shop.js';

let browser, shop;
before(async () => {
  browser = await launch();
  shop = await fillShop();
});
after(() => browser?.close());

for (const [size, viewport] of Object.entries(sizes))
  for (const colorScheme of ['light', 'dark'])
    test(`every page, ${size}, ${colorScheme}`, async () => {
      const { page, context, troubles, refused } = await newPage(browser, { viewport, colorScheme });
      await page.goto(shop.base + '/admin');
      await page.locator('h1').waitFor();
      await check(page, 'sign-in');
      await signIn(page);
      const found = [];
      for (const [name, path] of Object.entries(pagesOf(shop))) {
        await open(page, path);
        found.push(...await findings(page, name));
        if (await page.locator('h1').count() !== 1) found.push(`${name}: not one heading`);
        if (await page.title() === 'Till') found.push(`${name}: no title`);
      }
      assert.deepEqual(found, []);
      assert.deepEqual([troubles, await refused()], [[], []]);
      await context.close();
    });
