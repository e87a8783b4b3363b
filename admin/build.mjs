// Bundles the desk into admin/dist: its page, and a script, a style and an icon whose names have a hash of their content.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const out = join(here, 'dist');

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { desk: 'src/main.tsx', style: 'src/style.css' },
  outdir: out,
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome123', 'firefox121', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryNames: '[name]-[hash]',
  legalComments: 'none',
  banner: { js: '/* With Preact, copyright (c) 2015-present Jason Miller, MIT License. */' },
});

const icon = readFileSync(join(here, 'src/icon.svg'));
const files = Object.fromEntries(outputFiles.map(file => [basename(file.path), file.contents]));
const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
files[iconName] = icon;

const named = ending => Object.keys(files).find(name => name.endsWith(ending));
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Till</title>
<link rel="icon" href="admin/assets/${iconName}">
<link rel="stylesheet" href="admin/assets/${named('.css')}">
<script type="module" src="admin/assets/${named('.js')}"></script>
</head>
<body>
<div id="app"></div>
<noscript>The desk needs JavaScript.</noscript>
</body>
</html>
`;

// The page comes last: a build that is broken off leaves none, and the program then says that there is no desk.
mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) if (name !== '.gitignore') rmSync(join(out, name));
for (const [name, contents] of Object.entries(files)) writeFileSync(join(out, name), contents);
writeFileSync(join(out, 'desk.html'), page);
