// The brand's font is in the style sheet (scripts/brand-font.mjs), but Chromium begins to read it only when it lays out the first text
// that wants it, which is too late for the first view. It reads at once what a script gives it. So an inline script in the head, which
// runs when the style sheet has come and before there is any text, takes the font out of it. Without scripts, the first view may be in
// the system's font.
import { createHash } from 'node:crypto';

export const loadFont = `{
  const fontIn = rules => {
    for (const rule of rules) {
      const font = rule instanceof CSSFontFaceRule ? rule : rule.cssRules && fontIn(rule.cssRules);
      if (font) return font;
    }
  };
  const { style } = fontIn(document.styleSheets);
  const [, data] = /base64,([^"')]+)/.exec(style.getPropertyValue('src'));
  document.fonts.add(new FontFace('Brand at once', Uint8Array.from(atob(data), letter => letter.charCodeAt(0)), { weight: style.fontWeight }));
}`;

/** That script, as a Content-Security-Policy names it. */
export const loadFontHash = `'sha256-${createHash('sha256').update(loadFont).digest('base64')}'`;
