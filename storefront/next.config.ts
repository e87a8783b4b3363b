import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  // Every browser gets the title in the page's head, as crawlers do. Otherwise it comes late, by a script, which a page without
  // scripts never runs.
  htmlLimitedBots: /./,
  experimental: { proxyClientMaxBodySize: 256 * 1024 }, // as BODY_MAX of server.mjs
  // The client (../clients/typescript) lies outside this folder.
  turbopack: { root: fileURLToPath(new URL('..', import.meta.url)) },
  headers: async () => [{
    source: '/(.*)',
    headers: [
      { key: 'X-Content-Type-Options', value: 'nosniff' },
      { key: 'X-Frame-Options', value: 'DENY' },
      { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
      { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), usb=()' },
    ],
  }],
};

export default config;
