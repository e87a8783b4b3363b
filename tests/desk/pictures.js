// Takes the pictures of the desk in the README and in docs/guides/first-day.md: run.sh TILL node pictures.js FOLDER.
import { writeFileSync } from 'node:fs';
import { base, buy, launch, newPage, open, people, settled, signIn, sizes } from './lib.js';
import { fillHistory, fillShop } from './shop.js';

const [folder] = process.argv.slice(2);
fillHistory();
const shop = await fillShop();
const browser = await launch();

const wide = await newPage(browser, { viewport: { width: 1120, height: 700 }, colorScheme: 'light' });
const { page } = wide, painter = await (await browser.newContext()).newPage();
const shoot = async (name, of = page) => {
  await of.waitForTimeout(300);
  const png = (await of.screenshot()).toString('base64');
  const webp = await painter.evaluate(async data => { // a third of the PNG's size
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.86);
  }, png);
  writeFileSync(`${folder}/${name}.webp`, Buffer.from(webp.split(',')[1], 'base64'));
};
const press = name => page.getByRole('button', { name, exact: true }).first().click();

await page.goto(`${base}/admin`);
await page.locator('h1').waitFor();
await shoot('desk-sign-in');
await signIn(page);
await page.locator('.figure').first().waitFor();
await shoot('desk-today');

// Pictures of two products of the demo, as files; the desk takes a file once.
const files = [];
await page.setViewportSize({ width: 900, height: 900 });
for (const { image_url } of shop.products.slice(0, 2)) {
  await page.goto(new URL(image_url, base).href);
  files.push({ name: `${files.length}.png`, mimeType: 'image/png', buffer: await page.screenshot() });
}
await page.setViewportSize({ width: 1120, height: 700 });
await open(page, '#/products/new');
await page.getByLabel('Choose pictures').setInputFiles(files);
await page.getByRole('img', { name: 'Picture 2' }).waitFor();
for (const [label, text] of [['Name', 'Speckled mug'], ['Price', '24.00'], ['Category', 'kitchen'], ['In stock', '40'], ['Description', 'Stoneware, 300 ml. Goes into the dishwasher.']]) await page.getByLabel(label, { exact: true }).fill(text);
await page.evaluate(() => scrollTo(0, 0));
await shoot('desk-product');

await open(page, '#/shipping');
await press('New shipping method');
await page.getByLabel('Name', { exact: true }).fill('Standard');
await page.getByLabel('Price', { exact: true }).first().fill('4.90');
await shoot('desk-shipping');
await open(page, '#/taxes');
await press('New tax rate');
await shoot('desk-tax');

const order = await buy([[shop.products[0], 2]], { person: people[2], shipping_method_id: shop.standard.id });
await open(page, `#/orders/${order.id}`);
await shoot('desk-order');
await press('Mark shipped');
await page.getByLabel('Carrier').fill('DHL');
await page.getByLabel('Tracking number').fill('00340434161094042557');
await shoot('desk-ship');
await page.getByRole('button', { name: /^Mark \d+ items shipped/ }).click();
await settled(page);
await press('Refund');
await page.getByLabel('An amount').check();
await page.getByLabel('Amount', { exact: true }).fill('5.00');
await shoot('desk-refund');
await open(page, '#/mails');
await shoot('desk-mails');
await open(page, '#/staff');
await press('Invite somebody');
await shoot('desk-staff');

const phone = await newPage(browser, { viewport: sizes.phone, colorScheme: 'dark' });
await signIn(phone.page, '#/');
await phone.page.locator('.figure').first().waitFor();
await shoot('desk-today-phone', phone.page);
await open(phone.page, '#/orders?view=unshipped');
await shoot('desk-orders-phone', phone.page);
await browser.close();
