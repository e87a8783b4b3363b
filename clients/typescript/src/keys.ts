/**
 * A fresh idempotency key: 128 bits of chance as text. It has to be unique within a session, not secret, so where a runtime
 * has no `crypto` (Node 18, old browsers) Math.random does.
 */
export function newIdempotencyKey(): string {
  const words = new Uint32Array(4);
  if (globalThis.crypto) globalThis.crypto.getRandomValues(words);
  else words.forEach((_, i) => (words[i] = Math.random() * 2 ** 32));
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
}
