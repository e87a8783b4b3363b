// The tools that people point at an OpenAPI document must take ours as it is: Swagger UI, openapi-typescript, and the
// linters of Redocly and Spectral with the rules that they recommend.
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

// The document with those operations alone that have the tag.
function withTag(document, tag) {
  const paths = {};
  for (const { method, path, tags } of operationsOf(document))
    if (tags[0] === tag) paths[path] = { parameters: document.paths[path].parameters, ...paths[path], [method]: document.paths[path][method] };
  return { ...document, paths };
}

// Swagger UI draws the whole page again for each operation that it opens, so the operations are opened tag by tag.
test('the document opens in Swagger UI without an error', async () => {
  const document = await readDocument(), tags = [...new Set(operationsOf(document).map(op => op.tags[0]))];
  const parts = tags.map(tag => withTag(document, tag));
  assert.equal(parts.flatMap(operationsOf).length, operationsOf(document).length);
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
    for (const [spec, docExpansion, shown] of [[document, 'list', '.opblock'], ...parts.map(part => [part, 'full', '.opblock.is-open .responses-wrapper'])]) {
      const count = operationsOf(spec).length;
      await page.goto('http://swagger.invalid/');
      await page.evaluate(options => window.SwaggerUIBundle({ ...options, dom_id: '#ui', validatorUrl: null }), { spec, docExpansion });
      await page.waitForFunction(([shown, count]) => window.document.querySelectorAll(shown).length >= count, [shown, count], { timeout: 1_200_000 });
      assert.equal(await page.locator('.opblock').count(), count);
      assert.equal(await page.locator('.errors-wrapper').count(), 0, 'no resolver or parser error is shown');
      assert.doesNotMatch(await page.locator('#ui').innerText(), /Could not (render|resolve)|Unable to render|Unknown type/i);
    }
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

const withDocument = async use => {
  const folder = mkdtempSync(join(tmpdir(), 'till-lint-'));
  try {
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(await readDocument(), null, 1));
    use(file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("Redocly's recommended rules find nothing", () => withDocument((file, folder) => {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const cli = packageFile('@redocly/cli', 'bin/cli.js');
  const { status, stdout } = spawnSync(process.execPath, [cli, 'lint', '--extends', 'recommended', '--format', 'json', file], { encoding: 'utf8', cwd: folder, env });
  assert.equal(status, 0, stdout);
  const { totals, problems } = JSON.parse(stdout);
  assert.deepEqual([totals.errors, totals.warnings, problems], [0, 0, []]);
}));

test("Spectral's rules for OpenAPI find nothing", () => withDocument((file, folder) => {
  const rules = join(folder, 'rules.yaml'), cli = packageFile('@stoplight/spectral-cli', 'dist/index.js');
  // OpenAPI 3.1 lets every kind of scheme list what a caller must be allowed to do (4.8.30, Security Requirement Object); this
  // rule knows that of OAuth alone. That the schemes are defined, Redocly checks too.
  writeFileSync(rules, 'extends: ["spectral:oas"]\nrules:\n  oas3-operation-security-defined: off\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'lint', '--ruleset', rules, '--fail-severity', 'hint', '--format', 'json', file], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^\[\]/);
}));
