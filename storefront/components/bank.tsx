'use client';
import { useEffect, useRef } from 'react';

/** Stands for the page on which a shopper’s bank asks whether it is them. */
export default function Bank({ onApprove, onRefuse }: { onApprove: () => void; onRefuse: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section aria-labelledby="bank" className="rounded-3xl border border-line bg-raised p-6 sm:p-8">
      <h2 id="bank" ref={title} tabIndex={-1} className="text-xl font-bold outline-none">Your bank would like to know that it is you</h2>
      <p className="mt-2 text-soft">With a real card, this is where your bank’s app or a code would come in.</p>
      <div className="mt-6 flex flex-wrap gap-3">
        <button type="button" className="button-main" onClick={onApprove}>It is me</button>
        <button type="button" className="button-quiet" onClick={onRefuse}>It is not</button>
      </div>
    </section>
  );
}
