// After a build: a Brotli copy beside every script and style sheet, for server.mjs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const folder = new URL('../.next/static/', import.meta.url);
const files = readdirSync(folder, { recursive: true }).filter(name => /\.(js|css)$/.test(name));
for (const name of files) writeFileSync(new URL(`${name}.br`, folder), brotliCompressSync(readFileSync(new URL(name, folder))));
console.log(`compressed ${files.length} files`);
