// The same-origin set-up: /api/* and /media/* of this site are Till's. One origin, so Till's cookie is this site's own,
// nothing needs CORS, and the shop's server is all that browsers ever see. Only what shoppers (and the payment provider's
// webhook) need is handed on, and nobody is the admin here. TILL_URL is read when the server runs.
import { NextResponse, type NextRequest } from 'next/server';

export function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  const url = new URL(pathname.replace(/^\/api/, '') + search, process.env.TILL_URL ?? 'http://127.0.0.1:8000');
  return NextResponse.rewrite(url, { request: { headers } });
}

export const config = { matcher: ['/api/:resource(products|categories|cart|orders|payments)/:path*', '/media/:path*'] };
