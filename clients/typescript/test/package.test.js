// What is in the package, and that it is the server's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTill, typesFile, typesOf } from '../generate.js';

const here = new URL('..', import.meta.url);
const read = (name) => readFileSync(new URL(name, here), 'utf8');

test('the committed types are those of the running server; if not: npm run generate', async () => {
  const till = await startTill();
  const types = await typesOf(till.url);
  await till.stop();
  assert.equal(readFileSync(typesFile, 'utf8'), types);
});

test('npm pack builds the package, with what its user needs and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'till-client-'));
  try {
    for (const name of ['.npmrc', 'LICENSE', 'README.md', 'package.json', 'src', 'test', 'tsconfig.json']) cpSync(new URL(name, here), join(folder, name), { recursive: true });
    symlinkSync(fileURLToPath(new URL('node_modules', here)), join(folder, 'node_modules'));
    const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    const built = readdirSync(new URL('src', here)).flatMap((name) => ['.d.ts', '.js'].map((end) => 'dist/' + name.replace(/\.ts$/, end)));
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), ['LICENSE', 'README.md', ...built, 'package.json'].sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('it needs nothing to run, names no registry, and no package runs a script when it is installed', () => {
  const { dependencies, peerDependencies } = JSON.parse(read('package.json'));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  const { packages } = JSON.parse(read('package-lock.json'));
  for (const [name, { resolved, integrity, hasInstallScript }] of Object.entries(packages).slice(1)) assert.ok(!resolved && integrity && !hasInstallScript, name);
});

test("the README's calls are those that there are", async () => {
  const { createTill } = await import('till-client');
  const till = createTill({ baseUrl: 'http://127.0.0.1:8000' });
  for (const resource of ['products', 'cart', 'orders', 'payments']) {
    const row = read('README.md').split('\n').find((line) => line.startsWith(`| \`till.${resource}\``));
    const named = [...row.matchAll(/`(\w+)\(/g)].map(([, name]) => name);
    assert.deepEqual(named.sort(), Object.keys(till[resource]).sort(), resource);
  }
});
