// Puts the brand's font into the style sheet, so that it is there with the first view: a browser paints nothing before the style
// sheet has come, but it waits for a font file of its own for a moment only, and a visitor from further away never saw it.
// It costs 30 kB before the first view, once: the style sheet is kept by its name. `optional`: no text moves, whatever happens.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const FILE = createRequire(import.meta.url).resolve('@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2');

/** A plugin of Tailwind's, for app/globals.css. */
export default function brandFont({ addBase }) {
  addBase({
    '@font-face': {
      fontFamily: 'Brand',
      fontWeight: '400 700',
      fontDisplay: 'optional',
      src: `url(data:font/woff2;base64,${readFileSync(FILE, 'base64')}) format('woff2')`,
    },
  });
}
