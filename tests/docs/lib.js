// What both test files need: the server under test, a browser, and a page that remembers what went wrong on it.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const { TILL_URL, TILL_ADMIN_TOKEN } = process.env;
if (!TILL_URL || !TILL_ADMIN_TOKEN) throw new Error('TILL_URL (of a running server) and TILL_ADMIN_TOKEN must be set');

export const base = TILL_URL.replace(/\/$/, '');
export const token = TILL_ADMIN_TOKEN;

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: QUIET });

export async function readDocument() {
  const response = await fetch(base + '/openapi.json');
  assert.equal(response.status, 200);
  return response.json();
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];

export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter(method => item[method]).map(method => ({ method, path, id: item[method].operationId, ...item[method] })));
}

// A page in a context of its own. `troubles` gathers console errors, exceptions, and requests to anywhere else.
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const troubles = [];
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) troubles.push(message.text()); });
  page.on('pageerror', error => troubles.push(String(error)));
  page.on('request', request => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(base).origin) troubles.push('foreign request: ' + url.href);
  });
  return { page, context, troubles };
}
