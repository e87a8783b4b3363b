// The README's pictures, taken anew: docs/images/storefront-*.png. Colours are few, so a palette keeps them small.
import { fileURLToPath } from 'node:url';
import sharp from 'sharp'; // which Next brings along
import { newContext, startBoth, stopAll } from '../tests/servers.mjs';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));

async function shoot(page, name) {
  await page.waitForLoadState('networkidle');
  const path = `${FOLDER}storefront-${name}.png`;
  await sharp(await page.screenshot()).png({ palette: true, colours: 128, dither: 0.6, effort: 10 }).toFile(path);
  console.log(path);
}

const { shop } = await startBoth();
try {
  const open = async (path, options) => {
    const context = await newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    await page.goto(shop.url + path);
    return page;
  };
  const phone = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };

  await shoot(await open('/'), 'home');
  await shoot(await open('/search?q=hedphones', { colorScheme: 'dark' }), 'search-dark');

  const product = await open('/search?q=mushroom', phone);
  await product.getByRole('link', { name: 'Mushroom table lamp' }).click();
  await product.getByRole('button', { name: 'Add to cart' }).waitFor();
  await shoot(product, 'product-phone');
  await product.getByRole('button', { name: 'Add to cart' }).click();
  await product.locator('[aria-busy=false]').first().waitFor();
  await shoot(product, 'cart-phone');
  await product.getByRole('button', { name: 'Check out' }).click();
  await product.getByRole('heading', { name: 'Checkout' }).waitFor();
  await product.getByLabel('Email').fill('ann@example.com');
  await product.getByLabel('Country').selectOption('DE');
  for (const [label, text] of [['Full name', 'Ann Smith'], ['Street and number', 'Hauptstr. 1'], ['City', 'Berlin'], ['Postal code', '10115']])
    await product.getByLabel(label).fill(text);
  await product.locator('[data-testid=totals][aria-busy=false]').waitFor();
  await product.setViewportSize({ width: 1280, height: 1150 });
  await shoot(product, 'checkout');
  await product.setViewportSize(phone.viewport);
  await product.getByRole('button', { name: '4242 4242 4242 4242' }).click();
  await product.getByRole('button', { name: /^Pay / }).click();
  await product.getByRole('heading', { name: 'Thank you.' }).waitFor();
  await product.evaluate(() => scrollTo(0, 0));
  await shoot(product, 'receipt-phone');
} finally {
  await stopAll();
}
