// The tools that people point at an OpenAPI document must take ours as it is: Swagger UI and openapi-typescript.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { launch, newPage, operationsOf, readDocument } from './lib.js';

const require = createRequire(import.meta.url);
const packageFile = (name, file) => join(dirname(require.resolve(name + '/package.json')), file);

test('the document opens in Swagger UI without an error', async () => {
  const document = await readDocument(), operations = operationsOf(document);
  const browser = await launch();
  try {
    const { page, troubles } = await newPage(browser);
    const asked = [];
    await page.route('**/*', route => {  // a host that exists only here: nothing leaves the machine
      const { pathname } = new URL(route.request().url());
      asked.push(pathname);
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset=utf-8><link rel=stylesheet href=swagger-ui.css><div id=ui></div><script src=swagger-ui-bundle.js></script>' });
      return /^\/swagger-ui[\w-]*\.(js|css)$/.test(pathname)
        ? route.fulfill({ contentType: pathname.endsWith('js') ? 'text/javascript' : 'text/css', body: readFileSync(packageFile('swagger-ui-dist', pathname.slice(1))) })
        : route.fulfill({ status: 204 });
    });
    await page.goto('http://swagger.invalid/');
    await page.evaluate(spec => window.SwaggerUIBundle({ spec, dom_id: '#ui', docExpansion: 'full', validatorUrl: null }), document);
    await page.waitForFunction(count => window.document.querySelectorAll('.opblock').length >= count, operations.length, { timeout: 30_000 });
    assert.equal(await page.locator('.opblock').count(), operations.length);
    assert.equal(await page.locator('.errors-wrapper').count(), 0, 'no resolver or parser error is shown');
    assert.doesNotMatch(await page.locator('#ui').innerText(), /Could not (render|resolve)|Unable to render|Unknown type/i);
    assert.deepEqual(troubles.filter(text => !text.includes('foreign request: http://swagger.invalid/')), []);
    assert.deepEqual(asked.filter(path => /openapi|http/.test(path)), []);
  } finally {
    await browser.close();
  }
});

test('every $ref leads somewhere, and operationIds are unique', async () => {
  const document = await readDocument();
  const walk = node => {
    if (!node || typeof node !== 'object') return;
    if (typeof node.$ref === 'string') assert.ok(node.$ref.slice(2).split('/').reduce((at, part) => at?.[part], document), node.$ref);
    Object.values(node).forEach(walk);
  };
  walk(document);
  const ids = operationsOf(document).map(op => op.id);
  assert.ok(ids.every(Boolean));
  assert.equal(new Set(ids).size, ids.length);
});

test('openapi-typescript makes types of it, and tsc accepts them and their use', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'till-types-'));
  try {
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(await readDocument()));
    execFileSync(process.execPath, [packageFile('openapi-typescript', 'bin/cli.js'), join(folder, 'openapi.json'), '-o', join(folder, 'till.ts')], { stdio: 'pipe' });
    writeFileSync(join(folder, 'use.ts'), `
      import type { components, paths } from './till';
      type Product = components['schemas']['ProductRead'];
      type Listed = paths['/products']['get']['responses'][200]['content']['application/json'];
      export const total = (products: Listed): number => products.reduce((sum: number, product: Product) => sum + product.price, 0);
      export const create: components['schemas']['ProductCreate'] = { name: 'a', description: 'b', price: 1, stock_quantity: 2, category: 'c', image_url: 'd' };
      // @ts-expect-error money is an integer, never text
      export const wrong: Product['price'] = '1';
    `);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { noEmit: true, strict: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler', types: [] }, files: ['use.ts'] }));
    const { status, stdout } = spawnSync(process.execPath, [packageFile('typescript', 'bin/tsc'), '-p', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
