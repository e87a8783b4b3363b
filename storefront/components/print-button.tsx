'use client';

export function PrintButton() {
  return <button type="button" className="button-quiet noscript:hidden" onClick={() => print()}>Print it</button>;
}
