// `make storefront` with a shop of its own and beside one that runs; Ctrl-C ends what it has started.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs make in a process group of its own, as a terminal does, until it has printed the storefront's address and all addresses after it. */
async function makeStorefront(settings, last) {
  const { MAKEFLAGS, MAKELEVEL, MFLAGS, TILL_URL, DB, ...env } = process.env;
  const child = spawn('make', ['storefront', ...settings], { cwd: ROOT, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const made = { child, out: '', error: '', ended: once(child, 'close') };
  child.stderr.on('data', (data) => (made.error += data));
  for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
    made.out += data;
    if (last.test(made.out)) break;
  }
  child.stdout.resume();
  assert.match(made.out, last, made.error);
  return made;
}

async function interrupt({ child, ended, ...made }) {
  process.kill(-child.pid, 'SIGINT');
  const [code, signal] = await ended;
  assert.deepEqual([code, signal], [null, 'SIGINT']);
  assert.doesNotMatch(made.error, /make|Error/);
  assert.throws(() => process.kill(-child.pid, 0), { code: 'ESRCH' }, 'a process is left');
}

test('make storefront serves a shop of its own, and beside it the pages of that shop on another port', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'till-front-door-'));
  const [port, other] = [await freePort(), await freePort()];
  const own = await makeStorefront([`PORT=${port}`, `DB=${folder}/shop.db`], /Payments .*\n/);
  const [, till] = /Desk +(http\S+)\/admin/.exec(own.out);
  assert.match(own.out, new RegExp(`Storefront +http://127.0.0.1:${port}\n`));
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);

  const beside = await makeStorefront([`PORT=${other}`, `TILL_URL=${till}`], /ran already\n/);
  assert.equal((await fetch(`http://127.0.0.1:${other}/`)).status, 200);
  await interrupt(beside);
  assert.equal((await fetch(`${till}/health`)).status, 200, 'it did not start that shop, so it leaves it alone');
  await interrupt(own);
  rmSync(folder, { recursive: true });
});
