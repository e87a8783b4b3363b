// What the browser's own clocks say of the production build, without a cache and then with one: the largest contentful
// paint, blocking time (of tasks over 50 ms, until the page has been still for a while), layout shift, and script bytes.
import { cartWith } from '../tests/lib.mjs';
import { newContext, startBoth, stopAll } from '../tests/servers.mjs';

const RUNS = 5;
const STILL_MS = 1500;

function observe() {
  const seen = { lcp: 0, cls: 0, tbt: 0 };
  globalThis.seen = seen;
  const on = (type, add) => new PerformanceObserver(list => list.getEntries().forEach(add)).observe({ type, buffered: true });
  on('largest-contentful-paint', ({ startTime }) => { seen.lcp = startTime; });
  on('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) seen.cls += value; });
  on('longtask', ({ duration }) => { seen.tbt += Math.max(0, duration - 50); });
}

async function visit(context, url) {
  const page = await context.newPage();
  await page.addInitScript(observe);
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(STILL_MS);
  const figures = await page.evaluate(() => ({
    ...globalThis.seen,
    script: performance.getEntriesByType('resource').filter(({ name }) => /\.js($|\?)/.test(name)).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  }));
  await page.close();
  return figures;
}

const median = numbers => numbers.sort((a, b) => a - b)[numbers.length >> 1];

const { till, shop } = await startBoth();
try {
  const [lamp] = await (await fetch(`${till.url}/products/search?q=mushroom`)).json();
  const cart = await cartWith(till, shop, lamp);
  const pages = { home: '/', product: `/product/${lamp.id}`, search: '/search?q=lamp', category: '/category/coffee', checkout: '/checkout' };
  console.log(`median of ${RUNS}          LCP ms    TBT ms      CLS   script kB`);
  for (const [size, viewport] of [['desk', { width: 1280, height: 900 }], ['phone', { width: 390, height: 844 }]])
    for (const [name, path] of Object.entries(pages)) {
      const first = [], again = [];
      for (let run = 0; run < RUNS; run++) {
        const context = await newContext({ viewport });
        await context.addCookies([cart]);
        first.push(await visit(context, shop.url + path));
        again.push(await visit(context, shop.url + path));
        await context.close();
      }
      for (const [when, runs] of [['first', first], ['again', again]]) {
        const of = key => median(runs.map(run => run[key]));
        console.log(`${name.padEnd(9)}${size.padEnd(6)}${when.padEnd(7)}${of('lcp').toFixed(0).padStart(9)}${of('tbt').toFixed(0).padStart(10)}${of('cls').toFixed(4).padStart(9)}${(of('script') / 1000).toFixed(1).padStart(12)}`);
      }
    }
} finally {
  await stopAll();
}
