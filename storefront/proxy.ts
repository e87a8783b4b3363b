// The same-origin set-up: /api/* and /media/* of this site are Till's. One origin, so Till's cookie is this site's own,
// nothing needs CORS, and the shop's server is all that browsers ever see. TILL_URL is read when the server runs.
import { NextResponse, type NextRequest } from 'next/server';

export function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  return NextResponse.rewrite(new URL(pathname.replace(/^\/api/, '') + search, process.env.TILL_URL ?? 'http://127.0.0.1:8000'));
}

export const config = { matcher: ['/api/:path*', '/media/:path*'] };
