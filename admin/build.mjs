// Bundles the desk into admin/dist: its page, and a script and an icon whose names have a hash of their content.
//
// The style, a first script and outlines of the desk are in the page itself, so that it is painted before anything else has come. The
// page's policy allows them by their hashes (tools/embed_desk.py).
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const out = join(here, 'dist');

const common = {
  absWorkingDir: here,
  outdir: out,
  write: false,
  bundle: true,
  minify: true,
  target: ['chrome123', 'firefox121', 'safari17.5'],
  legalComments: 'none',
};

const [script] = (await build({
  ...common,
  entryPoints: { desk: 'src/main.tsx' },
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryNames: '[name]-[hash]',
  banner: { js: '/* With Preact, copyright (c) 2015-present Jason Miller, MIT License. */' },
})).outputFiles;
const inline = (await build({ ...common, entryPoints: { boot: 'src/boot.ts', style: 'src/style.css' }, format: 'iife' })).outputFiles;
const textOf = ending => inline.find(file => file.path.endsWith(ending)).text.trim();

const icon = readFileSync(join(here, 'src/icon.svg'), 'utf8');
const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
const files = { [basename(script.path)]: script.contents, [iconName]: icon };

const parts = { style: textOf('.css'), boot: textOf('.js'), script: basename(script.path), icon: iconName, mark: icon.trim() };
if (/<\/(script|style)/i.test(parts.style + parts.boot)) throw new Error('what is in the page would end its own tag');
const page = readFileSync(join(here, 'src/page.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);

// The page comes last: a build that is broken off leaves none, and the program then says that there is no desk.
mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) if (name !== '.gitignore') rmSync(join(out, name));
for (const [name, contents] of Object.entries(files)) writeFileSync(join(out, name), contents);
writeFileSync(join(out, 'desk.html'), page);
