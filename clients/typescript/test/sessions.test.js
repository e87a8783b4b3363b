// Whose cart it is: by header on a server, by cookie in a browser.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTill, unwrap } from 'till-client';
import { newProduct, startShop } from './shop.js';

const shop = await startShop();
after(shop.stop);
const lamp = await newProduct(shop.admin), chair = await newProduct(shop.admin);
const cartOf = async (till) => unwrap(await till.cart.get()).map(({ product, quantity }) => [product.id, quantity]);

/** As a browser: one jar of cookies for the page, sent and kept only where credentials are included. Run within `inBrowser`. */
function browserFetch() {
  let cookie;
  return async (url, init) => {
    const included = init.credentials === 'include';
    const reply = await fetch(url, { ...init, headers: { ...init.headers, ...(included && cookie ? { cookie } : {}) } });
    if (included) cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return reply;
  };
}

async function inBrowser(run, navigator = {}) {
  globalThis.document = {};
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator'); // Node.js has one from version 21 on
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  try {
    return await run();
  } finally {
    delete globalThis.document;
    delete globalThis.navigator;
    if (own) Object.defineProperty(globalThis, 'navigator', own);
  }
}

/** Web Locks, as far as the client uses them: https://w3c.github.io/web-locks/ */
function webLocks() {
  let last = Promise.resolve();
  return {
    request(name, { signal }, run) {
      const turn = last.then(() => (signal.throwIfAborted(), run()));
      last = turn.catch(() => {});
      const givenUp = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return Promise.race([turn, givenUp]);
    },
  };
}

/** What is written to the console as a warning while `run` runs. */
async function warningsOf(run) {
  const said = [], { warn } = console;
  console.warn = (text) => void said.push(text);
  try {
    await run();
  } finally {
    console.warn = warn;
  }
  return said;
}

test('on a server: the session that is made is told, gone on with, and found again by its id', async () => {
  const told = [];
  const first = createTill({ baseUrl: shop.url, onSession: (id) => void told.push(id) });
  assert.deepEqual(await cartOf(first), []);
  unwrap(await first.cart.add(lamp.id));
  unwrap(await first.cart.add(lamp.id, 2));
  assert.equal(told.length, 1);
  assert.equal(first.sessionId, told[0]);

  const next = createTill({ baseUrl: shop.url, sessionId: told[0], onSession: (id) => void told.push(id) });
  assert.deepEqual(await cartOf(next), [[lamp.id, 3]]);
  assert.equal(told.length, 1);
  assert.deepEqual(await cartOf(createTill({ baseUrl: shop.url, sessionId: 'another-one-of-mine' })), []);
});

test('onSession is waited for, so that a cookie can be set before the answer goes out', async () => {
  let kept;
  const till = createTill({ baseUrl: shop.url, onSession: async (id) => { await new Promise(setImmediate); kept = id; } });
  unwrap(await till.cart.add(lamp.id));
  assert.equal(kept, till.sessionId);
});

test('on a server: a client that belongs to nobody reads, but puts nothing into a cart', async () => {
  const till = createTill({ baseUrl: shop.url });
  unwrap(await till.products.get(lamp.id));
  assert.deepEqual(await cartOf(till), []);
  await assert.rejects(async () => till.cart.add(lamp.id), /sessionId/);
});

test('in a browser: the cookie is the session, included with what is the shopper\'s and not with the catalogue', async () => {
  const seen = [], jar = browserFetch();
  const till = await inBrowser(() => createTill({ baseUrl: shop.url, fetch: (url, init) => (seen.push([new URL(url).pathname, init.credentials]), jar(url, init)) }));
  unwrap(await till.products.get(lamp.id));
  const line = unwrap(await till.cart.add(lamp.id));
  assert.deepEqual(await cartOf(till), [[lamp.id, 1]]);
  const order = unwrap(await till.orders.place([line.id]));
  assert.equal(unwrap(await till.orders.get(order.id)).id, order.id);
  assert.equal(till.sessionId, undefined);
  assert.deepEqual(seen[0], [`/products/${lamp.id}`, undefined]);
  for (const [path, credentials] of seen.slice(1)) assert.equal(credentials, 'include', path);
});

test('two puts at once with no session yet end in one cart, in both ways', async () => {
  let told = 0;
  const onServer = createTill({ baseUrl: shop.url, onSession: () => void told++ });
  const onPage = await inBrowser(() => createTill({ baseUrl: shop.url, fetch: browserFetch() }));
  for (const till of [onServer, onPage]) {
    await Promise.all([till.cart.add(lamp.id), till.cart.add('00000000-0000-7000-8000-000000000000'), till.cart.add(chair.id)]);
    assert.deepEqual(await cartOf(till), [[lamp.id, 1], [chair.id, 1]]);
  }
  assert.equal(told, 1);
});

test('two tabs that put at once end in one cart, by cookie and by a stored id', async () => {
  const jar = browserFetch(), locks = webLocks();
  const stored = {};
  const tabs = {
    cookie: () => createTill({ baseUrl: shop.url, fetch: jar }),
    header: () => createTill({ baseUrl: shop.url, sessionId: () => stored.till, onSession: (id) => { stored.till = id; } }),
  };
  for (const open of Object.values(tabs)) {
    const [one, two] = await inBrowser(() => [open(), open()], { locks });
    await Promise.all([one.cart.add(lamp.id), two.cart.add(chair.id), one.cart.add(chair.id)]);
    const expected = [[lamp.id, 1], [chair.id, 2]];
    for (const till of [one, two]) assert.deepEqual((await cartOf(till)).sort(), [...expected].sort());
  }
});

test('a tab that hangs with its first put does not hold up another for good', { timeout: 120_000 }, async () => {
  const locks = webLocks();
  void locks.request('till-session', { signal: new AbortController().signal }, () => new Promise(() => {}));
  const till = await inBrowser(() => createTill({ baseUrl: shop.url, fetch: browserFetch() }), { locks });
  unwrap(await till.cart.add(lamp.id));
});

test('in a browser that keeps the cookie back, the lost cart is named once, and in no other', async () => {
  const withoutCookie = (url, init) => fetch(url, init);
  const lost = [(till) => till.cart.get(), (till) => till.cart.add(lamp.id)];
  for (const next of lost) {
    const till = await inBrowser(() => createTill({ baseUrl: shop.url, fetch: withoutCookie }));
    const said = await warningsOf(async () => {
      assert.deepEqual(await cartOf(till), []);
      unwrap(await till.cart.add(lamp.id));
      await next(till);
      await next(till);
    });
    assert.equal(said.length, 1);
    assert.match(said[0], /localhost or 127\.0\.0\.1/);
  }
  const till = await inBrowser(() => createTill({ baseUrl: shop.url, fetch: browserFetch() }));
  assert.deepEqual(await warningsOf(async () => {
    const line = unwrap(await till.cart.add(lamp.id));
    assert.equal((await cartOf(till)).length, 1);
    unwrap(await till.cart.remove(line.id));
    assert.deepEqual(await cartOf(till), []);
  }), []);
});

test('a first put that fails leaves the next to make the session', async () => {
  const till = createTill({ baseUrl: shop.url, onSession: () => {} });
  const [none, some] = await Promise.all([till.cart.add('00000000-0000-7000-8000-000000000000'), till.cart.add(lamp.id)]);
  assert.equal(none.ok, false);
  assert.equal(some.ok, true);
  assert.deepEqual(await cartOf(till), [[lamp.id, 1]]);
});

test('each call carries what it needs and no more: no session with the catalogue, no admin token but with admin calls', async () => {
  const seen = {};
  const record = (url, init) => ((seen[`${init.method} ${new URL(url).pathname.split('/')[1]}`] = Object.keys(init.headers)), fetch(url, init));
  const till = createTill({ baseUrl: shop.url, sessionId: 'a-session-of-my-own', adminToken: 'some-admin-token', fetch: record });
  await till.products.list();
  await till.cart.get();
  await till.orders.list();
  await till.products.remove(lamp.id);
  assert.deepEqual(seen, {
    'GET products': ['Accept'],
    'GET cart': ['Accept', 'X-Session-Id'],
    'GET orders': ['Accept', 'X-Session-Id'],
    'DELETE products': ['Accept', 'Authorization'],
  });
});
