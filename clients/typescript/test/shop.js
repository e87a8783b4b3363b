// What the tests share: a shop of their own, and a proxy before it that loses, holds up or makes up replies.
import { once } from 'node:events';
import http from 'node:http';
import { createTill, unwrap } from 'till-client';
import { startTill } from '../generate.js';

const adminToken = 'client-tests-admin-token';

/** A shop in memory with the demo catalogue; `url`, `admin` (a client) and its `token`, `stop()`. */
export async function startShop(...flags) {
  const { url, stop } = await startTill('--demo', '--admin-token', adminToken, ...flags);
  return { url, stop, token: adminToken, admin: createTill({ baseUrl: url, adminToken }) };
}

/** A client without waits, on a session that it is given by the shop. */
export const shopperOf = (baseUrl, options = {}) => createTill({ baseUrl, retry: { baseMs: 1, capMs: 20 }, onSession: () => {}, ...options });

/** A port of 127.0.0.1 that was free just now. */
export async function freePort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

let made = 0;

/** A new product of the shop's. */
export async function newProduct(admin, change = {}) {
  const name = `Test lamp ${++made}`;
  const body = { name, description: '', price: 1250, stock_quantity: 50, category: 'tests', image_url: '/media/lamp.svg', ...change };
  return unwrap(await admin.products.create(body));
}

/**
 * A proxy to the shop. Each request takes the next of `plan`, and passes where there is none:
 * 'drop' does as it is told and loses the reply, 'half' breaks off within it, 'stall' never answers, 'html' and 'empty' are answers of something else, and
 * { status, headers, body } is answered without the shop. `seen` has the requests that came.
 */
export async function startProxy(url) {
  const proxy = { plan: [], seen: [] };
  const server = http.createServer(async (request, reply) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const step = proxy.plan.shift();
    proxy.seen.push({ method: request.method, url: request.url, headers: request.headers });
    if (step === 'stall') return;
    if (step === 'html') return void reply.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    if (step === 'empty') return void reply.writeHead(200).end();
    if (step?.status) return void reply.writeHead(step.status, step.headers).end(JSON.stringify(step.body ?? { detail: 'Made up' }));
    const answer = await forward(url, request, Buffer.concat(chunks));
    if (step === 'drop') return void request.socket.destroy();
    reply.writeHead(answer.status, answer.headers);
    if (step !== 'half') return void reply.end(answer.body);
    reply.write(answer.body.subarray(0, answer.body.length / 2), () => request.socket.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.stop = () => (server.closeAllConnections(), server.close());
  return proxy;
}

function forward(url, { method, url: path, headers }, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url + path, { method, headers: { ...headers, host: new URL(url).host }, agent: false }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    request.once('error', reject).end(body);
  });
}
