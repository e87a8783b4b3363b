// The snippets of the documents: they compile, with TypeScript's strict mode and without, and the programs among them run as they stand.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { startShop } from './shop.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const documents = ['../README.md', '../../../docs/start/typescript.md', '../../../docs/guides/nextjs.md'];
const folder = mkdtempSync(join(here, 'snippets-')); // within the package, where `till-client` is this one
const shop = await startShop();
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

for (const [i, text] of programs.entries())
  test(`program ${i + 1} runs`, () => {
    const { outputText } = ts.transpileModule(text.replace('http://127.0.0.1:8000', shop.url), { compilerOptions: { module: 'esnext', target: 'es2022' } });
    const file = join(folder, `program${i}.mjs`);
    writeFileSync(file, outputText);
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 120_000 });
    assert.match(printed, /(session|shopper:)\W+[\w-]{16}/);
  });
