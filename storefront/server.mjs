// The shop in production: `next start`, and Brotli besides. Next compresses with gzip as it answers; the page's scripts
// never change once built, so they are compressed well and once (scripts/compress.mjs), which saves a seventh of them.
// Where a proxy or a CDN that does Brotli stands in front, `next start` does as well.
import { readFileSync, existsSync, statSync } from 'node:fs';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import next from 'next';

const HOST = process.env.HOST ?? '127.0.0.1';
const PORT = Number(process.env.PORT ?? 3000); // 0 picks one
const STATIC = '/_next/static/';
const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

/** The compressed files by their paths, read once: a few hundred KB in all. */
const compressed = new Map();

function brotliOf(path) {
  if (!compressed.has(path)) {
    const file = new URL(`.next/static/${path.slice(STATIC.length)}.br`, import.meta.url);
    compressed.set(path, existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null);
  }
  return compressed.get(path);
}

// A name as the build gives them: nothing that could lead out of the folder, and few enough to remember.
const BUILT = /^\/_next\/static\/[\w-]+\/[\w.~-]+\.(js|css)$/;

function serveCompressed(request, response) {
  const type = BUILT.exec(request.url)?.[1];
  if (!type || request.method !== 'GET' || !/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return false;
  const body = brotliOf(request.url);
  if (!body) return compressed.delete(request.url), false;
  response.writeHead(200, {
    'Content-Type': TYPES[type],
    'Content-Encoding': 'br',
    'Content-Length': body.length,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Vary': 'Accept-Encoding',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
  return true;
}

// Next keeps a body in memory while proxy.ts looks at the request, up to 10 MB of each: a few slow clients could take all of it. What
// a shopper sends is a hundredth of this. One that does not say how large it is, is cut there (next.config.ts).
const BODY_MAX = 256 * 1024;

function refuseLarge(request, response) {
  if (!(Number(request.headers['content-length']) > BODY_MAX)) return false;
  response.writeHead(413, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end('This is more than the shop takes.\n');
  return true;
}

/** A path such as /%E0%A4%A says nothing; Next answers it with 500. */
function refuseGarbled(request, response) {
  try {
    decodeURIComponent(request.url.split('?')[0]);
    return false;
  } catch {
    response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
    response.end('This address cannot be read.\n');
    return true;
  }
}

// Next hands an X-Forwarded-For on as the client sent it. The peer's address goes behind it, as a proxy writes it, so that
// Till (--trusted-proxy) can tell what was made up.
function addPeer(request) {
  const { headers, socket } = request;
  headers['x-forwarded-for'] = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ');
}

// What lib/till.ts notes of Till while a request is answered. Next answers 500 to whatever a page throws: if Till could not
// be asked, that is 503, by which a proxy, a search engine and a monitor know that it passes.
const notes = globalThis.tillNotes = new AsyncLocalStorage();
const RETRY_AFTER_S = '5';

function unavailableIfAway(response, note) {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status, ...rest) => {
    const isAway = status === 500 && note.isAway;
    if (isAway) response.setHeader('Retry-After', RETRY_AFTER_S);
    return writeHead(isAway ? 503 : status, ...rest);
  };
}

const app = next({ dev: false, dir: import.meta.dirname, hostname: HOST, port: PORT });
await app.prepare();
const handle = app.getRequestHandler();
const server = createServer((request, response) => {
  if (serveCompressed(request, response) || refuseGarbled(request, response) || refuseLarge(request, response)) return;
  addPeer(request);
  const note = { isAway: false, isHung: false };
  unavailableIfAway(response, note);
  void notes.run(note, handle, request, response);
});
server.listen(PORT, HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`));

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 3000).unref(); // for those who hold a connection open
  });
