// What every request meets first. The same-origin set-up: /api/* and /media/* of this site are Till's. One origin, so
// Till's cookie is this site's own, nothing needs CORS, and the shop's server is all that browsers ever see. Only what
// shoppers (and the payment provider's webhook) need is handed on, and nobody is the admin here. TILL_URL is read when the
// server runs. All else is a page, and gets its policy.
import { randomBytes } from 'node:crypto';
import { NextResponse, type NextRequest } from 'next/server';
import { policy } from './lib/policy';

const TILLS = /^\/(api\/(products|categories|cart|checkout|shipping-methods|orders|payments)|media)(\/|$)/;

export function proxy(request: NextRequest) {
  return TILLS.test(request.nextUrl.pathname) ? toTill(request) : toPage(request);
}

function toTill(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  const url = new URL(pathname.replace(/^\/api/, '') + search, process.env.TILL_URL ?? 'http://127.0.0.1:8000');
  return NextResponse.rewrite(url, { request: { headers } });
}

function toPage(request: NextRequest) {
  const rules = policy(randomBytes(16).toString('base64'));
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', rules); // from which Next takes the nonce for the scripts it writes
  const answer = NextResponse.next({ request: { headers } });
  answer.headers.set('Content-Security-Policy', rules);
  return answer;
}

export const config = { matcher: '/((?!_next/static/).*)' };
