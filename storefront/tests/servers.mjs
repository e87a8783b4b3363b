// A Till and a shop of one's own, for tests, measurements and pictures; and a browser.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const TILL = process.env.TILL ?? fileURLToPath(new URL('../../build/till', import.meta.url));
const SHOP = fileURLToPath(new URL('..', import.meta.url));

export const adminToken = 'storefront-tests-token';
export const revalidateSecret = 'storefront-tests-secret';

const folder = mkdtempSync(join(tmpdir(), 'till-storefront-'));
export const db = join(folder, 'shop.db');
const children = new Set();

/** Starts a server and waits for its `listening on URL`. */
async function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  children.add(child);
  let said = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', data => {
      said += data;
      const found = /listening on (\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', code => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
  return { child, url };
}

export async function stop(child) {
  if (!children.delete(child)) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

export const startTill = ({ port = 0, file = db, args = [], stderr = 'inherit' } = {}) =>
  start(TILL, ['serve', '--demo', '--db', file, '--listen', `127.0.0.1:${port}`, '--log', 'none', '--as-root', '--admin-token', adminToken, ...args], { stdio: ['ignore', 'pipe', stderr] });

export const startShop = (env, port = 0) =>
  start(process.execPath, ['server.mjs'], {
    cwd: SHOP,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', PORT: String(port), REVALIDATE_SECRET: revalidateSecret, ...env },
  });

/** Both, in the same-origin set-up. */
export async function startBoth() {
  const till = await startTill();
  const shop = await startShop({ TILL_URL: till.url });
  return { till, shop };
}

let browser;

export async function newContext(options) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
}

/** Ends all that was started here. */
export async function stopAll() {
  await browser?.close();
  for (const child of [...children]) await stop(child);
  rmSync(folder, { recursive: true, force: true });
}
