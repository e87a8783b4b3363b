// What search engines, and services that show a link, read of the shop.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { emptyCaches, newPage, newProduct, startBoth, startShop } from './lib.mjs';

const sharp = createRequire(import.meta.url)('sharp');

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

const text = async path => (await fetch(shop.url + path)).text();

/** The page's JSON-LD, as a browser finds it. */
async function dataOf(page, path) {
  await page.goto(shop.url + path);
  const scripts = await page.locator('script[type="application/ld+json"]').allTextContents();
  assert.equal(scripts.length, 1, path);
  const data = JSON.parse(scripts[0]);
  assert.equal(data['@context'], 'https://schema.org');
  return data;
}

/** Every address in it leads to something of this shop, and nothing in it is empty. */
async function checkData(node, path = '') {
  if (node !== null && typeof node === 'object') {
    if (!Array.isArray(node) && path && !path.endsWith('@graph')) assert.equal(typeof node['@type'], 'string', path);
    for (const [name, value] of Object.entries(node)) await checkData(value, `${path}.${name}`);
    return;
  }
  assert.ok(node !== null && node !== undefined && node !== '', path);
  if (/\.(url|item)$|\.image\./.test(path)) assert.equal((await fetch(node)).status, 200, `${path}: ${node}`);
}

test('a product in JSON-LD: whole, with addresses that lead somewhere, whatever is in its name', async () => {
  const name = 'A </script><script>globalThis.ran = 1</script> & "thing" <!--';
  const product = await newProduct(till, { name, description: 'Ends </script> here.\nAnd \u2028 goes on.', price: 12905 });
  await emptyCaches(shop);
  const { page, troubles } = await newPage(shop.url);
  const data = await dataOf(page, `/product/${product.id}`);
  await checkData(data);
  const [thing, steps] = data['@graph'];
  const url = `${shop.url}/product/${product.id}`;
  assert.deepEqual(thing, {
    '@type': 'Product', name, description: product.description, sku: product.id, url, category: 'kitchen', image: [shop.url + product.image_url],
    offers: { '@type': 'Offer', url, price: '129.05', priceCurrency: 'USD', availability: 'https://schema.org/InStock' },
  });
  assert.deepEqual(steps.itemListElement.map(({ position, item }) => [position, item]), [[1, `${shop.url}/`], [2, `${shop.url}/category/kitchen`], [3, url]]);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  assert.deepEqual(troubles, []);
  const gone = await newProduct(till, { stock_quantity: 0, image_url: '' });
  const [sold] = (await dataOf(page, `/product/${gone.id}`))['@graph'];
  assert.deepEqual([sold.offers.availability, 'image' in sold], ['https://schema.org/OutOfStock', false]);
  const home = await dataOf(page, '/');
  await checkData(home);
  assert.equal(home['@type'], 'WebSite');
});

test('a page has one address, and what a shared link shows', async () => {
  const [lamp] = await (await fetch(`${till.url}/products/search?q=mushroom`)).json();
  const { page } = await newPage(shop.url);
  for (const [path, canonical, title] of [
    ['/?utm_source=mail', '/', /^Halfpenny/],
    ['/category/audio?min_price=100&sort=price_asc', '/category/audio', /^Audio$/],
    ['/search?page=2', '/search?page=2', /^Everything$/],
    [`/product/${lamp.id}?from=home`, `/product/${lamp.id}`, /^Mushroom table lamp$/],
  ]) {
    await page.goto(shop.url + path);
    const of = (selector, name) => page.locator(`head ${selector}`).getAttribute(name);
    const address = new URL(await of('link[rel=canonical]', 'href'));
    assert.equal(address.href, new URL(canonical, shop.url).href, path);
    assert.equal(new URL(await of('meta[property="og:url"]', 'content')).href, address.href, path);
    assert.match(await of('meta[property="og:title"]', 'content'), title);
    assert.ok((await of('meta[property="og:description"]', 'content')).length > 20);
    const image = await fetch(await of('meta[property="og:image"]', 'content'));
    assert.match(image.headers.get('content-type'), /^image\//, path);
  }
  assert.match(await text('/search?q=lamp'), /<meta name="robots" content="noindex"/);
  const named = await startShop({ TILL_URL: till.url, SHOP_URL: 'https://shop.example/' });
  assert.match(await (await fetch(`${named.url}/product/${lamp.id}`)).text(), new RegExp(`<link rel="canonical" href="https://shop.example/product/${lamp.id}"`));
});

test('robots.txt, sitemap.xml and the icons', async () => {
  const rules = await text('/robots.txt');
  for (const line of ['User-Agent: *', 'Disallow: /cart', 'Disallow: /checkout', 'Disallow: /orders', `Sitemap: ${shop.url}/sitemap.xml`]) assert.ok(rules.split('\n').includes(line), line);
  const product = await newProduct(till);
  await emptyCaches(shop);
  const sitemap = await fetch(`${shop.url}/sitemap.xml`);
  assert.match(sitemap.headers.get('content-type'), /xml/);
  const addresses = [...(await sitemap.text()).matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url]) => url);
  const { headers } = await fetch(`${till.url}/products?limit=1`);
  const products = addresses.filter(url => url.includes('/product/'));
  assert.equal(products.length, Number(headers.get('x-total-count')));
  assert.equal(new Set(addresses).size, addresses.length);
  for (const url of [`${shop.url}/`, `${shop.url}/category/coffee`, `${shop.url}/product/${product.id}`]) assert.ok(addresses.includes(url), url);
  for (const url of addresses.slice(0, 14)) assert.equal((await fetch(url)).status, 200, url);
  for (const [path, size] of [['/favicon.ico', null], ['/opengraph.png', 1200]]) {
    const answer = await fetch(shop.url + path);
    assert.equal(answer.status, 200, path);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (size) assert.equal((await sharp(bytes).metadata()).width, size);
    else assert.deepEqual([...bytes.subarray(0, 6)], [0, 0, 1, 0, 1, 0], 'an icon of one size');
  }
  const { page } = await newPage(shop.url);
  await page.goto(shop.url);
  for (const href of await page.locator('head link[rel*=icon]').evaluateAll(all => all.map(({ href }) => href))) assert.equal((await fetch(href)).status, 200, href);
});
