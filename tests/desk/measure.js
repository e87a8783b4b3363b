// How fast the desk shows: run.sh TILL node measure.js [VISITS]. From the start of a navigation to the first paint of anything, and to
// the paint of what the page is for; and the processor's time of the page's main thread, which other programs do not touch.
//
// The control is the server's front page: one small static answer with its style in it, no script and no other request. What it takes is
// the browser's and the machine's own time, so what a page takes more than the control is the desk's. A cold visit has nothing in the
// browser's cache and no connection, but is signed in; a warm one has all that may be kept. The pages take turns, so that a busy moment hits them all.
import { base, launch, newPage, signIn } from './lib.js';
import { fillHistory, fillShop } from './shop.js';

const VISITS = Number(process.argv[2] ?? 20);
const pages = { control: ['/', 'h1'], today: ['/admin#/', '.figure strong'], orders: ['/admin#/orders', 'main [data-row]'], products: ['/admin#/products', 'main [data-row]'] };

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
const median = times => at([...times].sort((a, b) => a - b), 0.5);

/** Notes when the element that `wanted` finds was there for a frame. */
function watch(wanted) {
  const look = () => (document.querySelector(wanted) ? requestAnimationFrame(() => (globalThis.shownAt = performance.now())) : requestAnimationFrame(look));
  requestAnimationFrame(look);
}

/** What the browser keeps of somebody who has signed in: the cookie, and what the desk itself remembers. */
async function signedIn() {
  const { page, context } = await newPage(browser);
  await signIn(page);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A page in a context of its own, whose cache is empty. */
async function newVisitor(selector) {
  const { page, context } = await newPage(browser, { storageState });
  await page.addInitScript(watch, selector);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work = async () => (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  return { page, work, close: () => context.close() };
}

async function visit({ page, work }, path) {
  await page.goto('about:blank');
  const before = await work();
  await page.goto(base + path);
  await page.waitForFunction(() => globalThis.shownAt);
  const [paint, shown] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? globalThis.shownAt, globalThis.shownAt]);
  const after = await work();
  return { paint, shown, processor: after >= before ? after - before : after };
}

fillHistory();
await fillShop();
const browser = await launch();
const storageState = await signedIn();
const kept = {}, found = {};
for (const [name, [path, selector]] of Object.entries(pages)) {
  kept[name] = await newVisitor(selector);
  found[name] = { cold: [], warm: [] };
  for (let i = 0; i < 3; i++) await visit(kept[name], path); // fills the caches
}
for (let i = 0; i < VISITS; i++) {
  for (const [name, [path, selector]] of Object.entries(pages)) {
    found[name].warm.push(await visit(kept[name], path));
    const visitor = await newVisitor(selector);
    found[name].cold.push(await visit(visitor, path));
    await visitor.close();
  }
}
await browser.close();

console.log('median of %d visits in ms (in brackets: more than the control)', VISITS);
for (const kind of ['cold', 'warm']) {
  for (const name of Object.keys(pages)) {
    const figures = Object.entries({ 'first paint': 'paint', shown: 'shown', processor: 'processor' }).map(([text, of]) => {
      const of_ = page => median(found[page][kind].map(visit => visit[of]));
      const more = name === 'control' ? '' : ` (+${(of_(name) - of_('control')).toFixed(0)})`;
      return `${text} ${of_(name).toFixed(0)}${more}`;
    });
    console.log(`${kind} ${name.padEnd(9)} ${figures.join(' · ')}`);
  }
}
