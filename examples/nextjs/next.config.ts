import type { NextConfig } from 'next';

// The client lies in the folder above, as a link; a client from npm needs no such line.
const config: NextConfig = { turbopack: { root: new URL('../..', import.meta.url).pathname } };

export default config;
