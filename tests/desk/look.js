// Takes pictures of pages for a developer's eyes: run.sh TILL node look.js FOLDER [NAME…].
import { mkdirSync } from 'node:fs';
import { launch, newPage, open, signIn, sizes } from './lib.js';
import { fillHistory, fillShop, pagesOf } from './shop.js';

const [folder, ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
fillHistory();
const shop = await fillShop();
const browser = await launch();
const pages = { 'sign-in': null, ...pagesOf(shop) };
const dialogs = {
  ship: [pages['order-paid'], page => page.getByRole('button', { name: 'Mark shipped' }).click()],
  refund: [pages['order-paid'], page => page.getByRole('button', { name: 'Refund', exact: true }).click()],
  method: [pages.shipping, page => page.getByRole('button', { name: 'By weight', exact: true }).click()],
  rate: [pages.taxes, page => page.getByRole('button', { name: 'New tax rate' }).click()],
  invite: [pages.staff, page => page.getByRole('button', { name: 'Invite somebody' }).click()],
  key: [pages.keys, page => page.getByRole('button', { name: 'New key' }).click()],
  hook: [pages.webhooks, page => page.getByRole('button', { name: 'New webhook' }).click()],
  palette: [pages.orders, async page => { await page.keyboard.press('Control+k'); await page.getByRole('combobox').fill('lamp'); await page.getByRole('option').first().waitFor(); }],
  help: [pages.orders, page => page.keyboard.press('?')],
};
for (const [size, viewport] of Object.entries(sizes))
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await newPage(browser, { viewport, colorScheme });
    await page.goto(shop.base + '/admin');
    await page.locator('h1').waitFor();
    const shoot = async name => {
      if (names.length && !names.includes(name)) return;
      await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png`, fullPage: false });
    };
    await shoot('sign-in');
    await signIn(page);
    for (const [name, path] of Object.entries(pages)) if (path && (!names.length || names.includes(name))) { await open(page, path); await page.waitForTimeout(150); await shoot(name); }
    for (const [name, [path, run]] of Object.entries(dialogs)) if (!names.length || names.includes(name)) { await open(page, path); await run(page); await page.waitForTimeout(200); await shoot(name); await page.keyboard.press('Escape'); }
    await page.context().close();
  }
await browser.close();
