// What is in the package, and that it is the server's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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

test('the package holds what its user needs, and nothing else', () => {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: fileURLToPath(here), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const built = readdirSync(new URL('src', here)).flatMap((name) => ['.d.ts', '.js'].map((end) => 'dist/' + name.replace(/\.ts$/, end)));
  assert.deepEqual(packed.files.map(({ path }) => path).sort(), ['LICENSE', 'README.md', ...built, 'package.json'].sort());
});

test('it needs nothing to run, and names no registry', () => {
  const { dependencies, peerDependencies } = JSON.parse(read('package.json'));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  const { packages } = JSON.parse(read('package-lock.json'));
  for (const [name, { resolved, integrity }] of Object.entries(packages).slice(1)) assert.ok(!resolved && integrity, name);
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
