'use client';
// Most likely Till cannot be reached. The page tries again by itself, and goes on where it was once that works.
import { useEffect, useState } from 'react';

const AGAIN_MS = 4_000;

export default function ErrorPage({ retry }: { error: unknown; retry: () => void }) {
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      setTries(tries + 1);
      retry();
    }, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [tries, retry]);
  return (
    <div className="flex flex-col items-start gap-5 py-16 sm:py-24">
      <h1 className="max-w-2xl text-4xl font-bold tracking-tight sm:text-5xl">The shop is shut for a moment.</h1>
      <p role="alert" className="max-w-prose text-lg text-soft">
        We cannot reach our own shelves just now. This page tries again every few seconds; your cart and your orders are safe.
      </p>
      <button className="button-main" onClick={retry}>Try again</button>
    </div>
  );
}
