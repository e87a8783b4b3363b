// The snippets of the documents: they compile, with TypeScript's strict mode and without, and the programs among them run as they stand.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { freePort, startShop } from './shop.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const documents = ['../README.md', '../../../docs/start/typescript.md', '../../../docs/guides/nextjs.md'];
const folder = mkdtempSync(join(here, 'snippets-')); // within the package, where `till-client` is this one
const pagePort = await freePort(); // the page's origin must be known before the shop starts
const shop = await startShop('--cors-origin', `http://127.0.0.1:${pagePort}`);
after(() => (rmSync(folder, { recursive: true }), shop.stop()));

const snippets = documents.flatMap((name) => [...readFileSync(join(here, name), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text));
const programs = snippets.filter((text) => text.includes("baseUrl: 'http://127.0.0.1:8000'"));

/* What the text around a snippet has set up. */
const around = `import { createTill, newIdempotencyKey } from 'till-client';
declare const ids: string[];
declare const sessionStorage: { getItem(name: string): string | null; setItem(name: string, value: string): void };
const till = createTill({ baseUrl: '/' });
`;
const outside = "declare module 'next/headers' { export function cookies(): Promise<any>; }\ndeclare const process: { env: Record<string, string | undefined> };\n";

test('there are as many as we know of', () => assert.deepEqual([snippets.length, programs.length], [8, 2]));

for (const strict of [true, false])
  test(`they compile ${strict ? 'with' : 'without'} strict`, () => {
    writeFileSync(join(folder, 'outside.d.ts'), outside);
    const files = snippets.map((text, i) => {
      const file = join(folder, `${i}.ts`);
      writeFileSync(file, text.includes('import ') ? text : `${around}${text}export {};\n`);
      return file;
    });
    const options = {
      strict, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [],
    };
    const found = ts.getPreEmitDiagnostics(ts.createProgram([...files, join(folder, 'outside.d.ts')], options));
    assert.deepEqual(found.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`), []);
  });

const printed = /(session|shopper:)\W+[\w-]{16}/;

/** A folder of somebody who has installed the tarball that `npm pack` makes, and has nothing else. */
function installedPackage() {
  const home = mkdtempSync(join(tmpdir(), 'till-client-'));
  after(() => rmSync(home, { recursive: true }));
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], { ...options, cwd: join(here, '..') }));
  execFileSync('npm', ['install', '--prefix', home, '--offline', '--no-audit', '--no-fund', '--silent', join(home, filename)], options);
  return home;
}

const installed = installedPackage();

for (const [i, program] of programs.entries()) {
  const verbatim = program.replace('http://127.0.0.1:8000', shop.url); // but for the port

  test(`program ${i + 1} runs in Node.js, verbatim, with the package installed`, () => {
    const file = join(installed, `program${i}.mjs`);
    writeFileSync(file, verbatim);
    assert.match(execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 120_000 }), printed);
  });

  test(`program ${i + 1} runs in a browser, verbatim`, { timeout: 180_000 }, async () => {
    const imports = JSON.stringify({ imports: { 'till-client': '/node_modules/till-client/dist/index.js' } });
    const report = `let said = ''; console.log = (...words) => { said += words.join(' ') + '\\n'; };
      const done = (error) => navigator.sendBeacon('/done', said + error); onerror = done; onunhandledrejection = (event) => done(event.reason);`;
    const page = `<!doctype html><script type="importmap">${imports}</script><script>${report}</script><script type="module">${verbatim}\ndone('');</script>`;
    assert.match(await runPage(page), printed);
  });
}

/** Opens a page in Chromium, with the installed package beside it, and returns what it has printed when it says that it is done. */
async function runPage(page) {
  const profile = mkdtempSync(join(tmpdir(), 'till-client-chromium-'));
  let said = 'nothing: the browser has ended', done;
  const ended = new Promise((resolve) => (done = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end(page);
    if (request.url === '/done') return void text(request).then((body) => (response.end(), (said = body), done()));
    const file = join(installed, request.url);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('content-type', 'text/javascript').end(readFileSync(file));
  });
  server.listen(pagePort, '127.0.0.1');
  const chromium = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
    '--disable-background-networking', '--remote-debugging-port=0', `--user-data-dir=${profile}`, `http://127.0.0.1:${pagePort}/`], { stdio: 'ignore', detached: true });
  const gone = once(chromium, 'close');
  await Promise.race([ended, gone]);
  try {
    process.kill(-chromium.pid, 'SIGKILL');
  } catch {} // it has ended by itself
  await gone;
  server.closeAllConnections?.();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  return said;
}
