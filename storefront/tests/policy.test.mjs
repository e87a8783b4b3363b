// What a page may run and load is the shop's alone. That nothing of the shop's own is refused, every other test sees to.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { newPage, newProduct, refused, startBoth, startShop } from './lib.mjs';

const STRICT = "default-src 'self'; script-src 'self' 'nonce-#' 'sha256-#'; style-src 'self'; font-src 'self' data:; img-src 'self' data: https:; connect-src 'self'; "
  + "frame-src 'none'; frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'";

let till, shop;
before(async () => ({ till, shop } = await startBoth()));

const policyOf = async url => (await fetch(url)).headers.get('content-security-policy');
const sources = (policy, name) => policy.split('; ').find(rule => rule.startsWith(`${name} `)).split(' ').slice(1);

test('every page has the policy, whatever its status, with a nonce that nobody has seen before', async () => {
  const product = await newProduct(till);
  const nonces = new Set();
  const paths = ['/', `/product/${product.id}`, '/search?q=lamp', '/category/coffee', '/cart', '/orders', '/orders/find', '/checkout/none', '/orders/none', '/nothing-here', '/product/not-an-id', '/'];
  for (const path of paths) {
    const answer = await fetch(shop.url + path, { headers: { 'Content-Security-Policy': "script-src 'nonce-mine'" } });
    const policy = answer.headers.get('content-security-policy');
    const [, nonce] = /'nonce-([^']{24})'/.exec(policy);
    const [, hash] = /'sha256-([^']{44})'/.exec(policy);
    assert.equal(policy.replace(nonce, '#').replace(hash, '#'), STRICT, path);
    nonces.add(nonce);
    const html = await answer.text();
    const scripts = html.match(/<script\b(?! type="application\/ld\+json")[^>]*>/g);
    const isOurs = !html.includes('__next_error__'); // and not the frame in which Next makes a page that throws, in the browser
    assert.deepEqual(scripts.filter(tag => !tag.includes(`nonce="${nonce}"`)), isOurs ? ['<script>'] : [], `${path}: all have the nonce but one`);
    assert.ok(scripts.length > 5, path);
    if (isOurs) assert.equal(createHash('sha256').update(/<script>(.*?)<\/script>/s.exec(html)[1]).digest('base64'), hash, `${path}: which the policy has by its hash`);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('referrer-policy'), 'strict-origin-when-cross-origin');
    assert.match(answer.headers.get('permissions-policy'), /camera=\(\)/);
  }
  assert.equal(nonces.size, paths.length);
});

test('a script that got into a page does not run, however it got there', async () => {
  const { page } = await newPage(shop.url);
  const asked = [];
  await page.route(/^https:/, route => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: 'text/javascript', body: 'globalThis.ran = "foreign"' });
  });
  await page.route(`${shop.url}/search?q=lamp`, async route => {
    const response = await route.fetch();
    const bad = '<script>globalThis.ran = "inline"</script><script nonce="guessed">globalThis.ran = "guessed"</script><script src="https://elsewhere.example/x.js"></script><base href="https://elsewhere.example/">';
    await route.fulfill({ response, body: (await response.text()).replace('</head>', `${bad}</head>`) });
  });
  await page.goto(`${shop.url}/search?q=lamp`, { waitUntil: 'networkidle' });
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', `<img src="/nothing.png" onerror="globalThis.ran = 'handler'"><a id="bad" href="javascript:globalThis.ran = 'address'">x</a>`
      + '<iframe src="https://elsewhere.example/"></iframe><form id="form" action="https://elsewhere.example/"><input name="card" value="4242"></form>');
    document.body.append(Object.assign(document.createElement('script'), { src: 'https://js.stripe.com/v3/' })); // no key, no Stripe
    document.getElementById('bad').click();
    document.getElementById('form').submit();
  });
  await page.waitForLoadState('networkidle');
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  assert.equal(await page.evaluate(() => document.baseURI), page.url());
  assert.deepEqual(asked, [], 'nothing was asked of anybody else');
  const said = refused.splice(0).join('\n');
  for (const what of ['Executing inline script', 'Executing inline event handler', 'Running the JavaScript URL', "Loading the script 'https://elsewhere.example/x.js'",
    "Loading the script 'https://js.stripe.com/v3/'", "base URI to 'https://elsewhere.example/'", "Framing 'https://elsewhere.example/'", "Sending form data to 'https://elsewhere.example/"])
    assert.ok(said.includes(what), what); // which is what the other tests know a refusal by
});

test('a setting adds whom it names and nobody else', async () => {
  const direct = await startShop({ TILL_URL: till.url, TILL_PUBLIC_URL: `${till.url}/` });
  const beside = await policyOf(direct.url);
  assert.deepEqual(sources(beside, 'connect-src'), ["'self'", till.url]);
  assert.deepEqual(sources(beside, 'img-src'), ["'self'", 'data:', 'https:', till.url]);
  assert.deepEqual(sources(beside, 'frame-src'), ["'none'"]);
  const stripe = await startShop({ TILL_URL: till.url, NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY: 'pk_test_nobody' });
  const paid = await policyOf(stripe.url);
  assert.deepEqual(sources(paid, 'script-src').slice(3), ['https://js.stripe.com', 'https://*.js.stripe.com']);
  assert.deepEqual(sources(paid, 'connect-src'), ["'self'", 'https://api.stripe.com']);
  assert.deepEqual(sources(paid, 'frame-src'), ['https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com']);
  assert.deepEqual(sources(paid, 'img-src'), ["'self'", 'data:', 'https:']);
});
