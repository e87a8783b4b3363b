// Till learns whose request it is: from the browser through /api, and from this server's own calls.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { db, startShop, startTill } from './lib.mjs';

/** GET from another address of this machine, which is not trusted. */
const get = (url, headers) => new Promise((resolve, reject) => {
  request(url, { localAddress: '127.0.0.2', headers }, answer => answer.resume().once('end', () => resolve(answer.statusCode))).once('error', reject).end();
});

test('the client is the one that the shop saw, whatever it claims', async () => {
  let log = '';
  const till = await startTill({ file: `${db}-client`, args: ['--log', 'json', '--trusted-proxy', '127.0.0.1'], stderr: 'pipe' });
  till.child.stderr.on('data', data => { log += data; });
  const shop = await startShop({ TILL_URL: till.url });
  const spoofed = { 'X-Forwarded-For': '203.0.113.7', Cookie: `till_session=${'x'.repeat(22)}` };
  assert.equal(await get(`${shop.url}/api/products?limit=1`, spoofed), 200);
  assert.equal(await get(`${shop.url}/cart`, spoofed), 200);
  const clients = path => log.split('\n').filter(Boolean).map(line => JSON.parse(line)).filter(line => line.path === path).map(line => line.client);
  assert.deepEqual(clients('/products').slice(0, 1), ['127.0.0.2']);
  assert.deepEqual([...new Set(clients('/cart'))], ['127.0.0.2']);
});
