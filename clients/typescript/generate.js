// Writes src/openapi.ts from a binary's own /openapi.json, and the binary's version into package.json and the lists of packages that name
// it: TILL=path/to/till node generate.js
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const typesFile = fileURLToPath(new URL('src/openapi.ts', import.meta.url));
const binary = process.env.TILL ?? fileURLToPath(new URL('../../build/till', import.meta.url));

/** Starts a shop in memory on a free port. Ends with `await stop()`. */
export async function startTill(...flags) {
  const server = spawn(binary, ['serve', '--db', ':memory:', '--listen', '127.0.0.1:0', '--log', 'none', '--as-root', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('close', resolve));
  server.once('error', (error) => console.error(`${binary}: ${error.message}. Build it first: make build`));
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = /^listening on (.+)/.exec(line) ?? [];
    if (url) return { url, stop: () => (server.kill(), ended) };
  }
  throw new Error(`${binary} ended before it listened`);
}

/** The text of src/openapi.ts for the server at `url`. What has a default may be left out of a body. */
export async function typesOf(url) {
  const { default: openapiTS, astToString } = await import('openapi-typescript'); // with a compiler in it: not for every test
  const document = await (await fetch(url + '/openapi.json')).json();
  return '// Made by `npm run generate` from /openapi.json. Not to be edited.\n' + astToString(await openapiTS(document, { defaultNonNullable: false }));
}

/** The client has the version of the server that its types are of. */
async function stampVersion(url) {
  const { version } = await (await fetch(url + '/health')).json();
  for (const name of ['package.json', 'package-lock.json', '../../storefront/package-lock.json']) {
    const file = fileURLToPath(new URL(name, import.meta.url));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/("name": "till-client",\s+"version": ")[^"]*/g, (_, before) => before + version));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const till = await startTill();
  writeFileSync(typesFile, await typesOf(till.url));
  await stampVersion(till.url);
  await till.stop();
}
