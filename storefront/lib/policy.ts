// What a page may run, load and be asked to do, as its Content-Security-Policy: the shop itself, and nobody else but those
// whom a setting names. Text that found its way into a page as markup stays text.
import { loadFontHash } from './brand-font';

const STRIPE = ['https://js.stripe.com', 'https://*.js.stripe.com'];

/** `nonce`, a new one for each answer, marks the inline scripts that Next writes into a page. */
export function policy(nonce: string): string {
  const stripe = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY; // in full, as the build looks for it: it may be set for that alone
  const till = process.env.TILL_PUBLIC_URL;
  const direct = till ? [new URL(till).origin] : []; // the cross-origin set-up
  const dev = process.env.NODE_ENV === 'development'; // when React explains itself with eval, and style sheets come in scripts
  return Object.entries({
    'default-src': ["'self'"],
    // No 'strict-dynamic': what a script of ours adds to the page has to be on this list too.
    'script-src': ["'self'", `'nonce-${nonce}'`, loadFontHash, ...(stripe ? STRIPE : []), ...(dev ? ["'unsafe-eval'"] : [])],
    'style-src': ["'self'", ...(dev ? ["'unsafe-inline'"] : [])],
    'font-src': ["'self'", 'data:'], // the brand's is in the style sheet
    'img-src': ["'self'", 'data:', 'https:', ...direct], // a product's picture may lie with any CDN
    'connect-src': ["'self'", ...direct, ...(stripe ? ['https://api.stripe.com'] : [])],
    'frame-src': stripe ? [...STRIPE, 'https://hooks.stripe.com'] : ["'none'"],
    'frame-ancestors': ["'none'"],
    'object-src': ["'none'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
  }).map(([name, sources]) => `${name} ${sources.join(' ')}`).join('; ');
}
