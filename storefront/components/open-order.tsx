'use client';
// Where the link of a mail leads to. What it proves is behind its `#`, which no server, log or referrer sees: the browser
// sends it once in a body, and this session may read the order then.
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { open as openHere } from '@/app/orders/open/actions';
import type { Opened } from '@/lib/lookup';
import { useCart } from './cart';

const away = 'The shop cannot be reached just now. Open the link again in a moment.';

export function OpenOrder() {
  const router = useRouter();
  const { direct } = useCart();
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    async function follow() {
      const token = location.hash.slice(1);
      if (!token) return setProblem('The link is not whole. Open it from the mail once more.');
      setProblem(null);
      const opened: Opened = await (direct ? openDirectly(direct, token) : openHere(token)).catch(() => ({ order: null, problem: away }));
      if (opened.order) router.replace(`/orders/${opened.order}`); // the link stays out of the browser's history
      else setProblem(opened.problem);
    }
    const again = () => void follow();
    again();
    addEventListener('hashchange', again); // another link, opened in the same tab
    return () => removeEventListener('hashchange', again);
  }, [direct, router]);
  return (
    <div className="flex flex-col items-start gap-5 py-16 sm:py-24">
      <h1 className="max-w-2xl text-4xl font-bold tracking-tight sm:text-5xl">{problem ? 'This link does not open an order.' : 'Your order'}</h1>
      <p role="status" className="max-w-prose text-lg text-soft noscript:hidden">{problem ?? 'One moment …'}</p>
      <noscript><p className="max-w-prose text-lg text-soft">Opening the link needs JavaScript, so that what is secret in it stays out of every log. Its number and your address find the order too.</p></noscript>
      <Link href="/orders/find" prefetch={false} className={problem ? 'button-main' : 'button-quiet'}>Find it by its number</Link>
    </div>
  );
}

async function openDirectly(baseUrl: string, token: string): Promise<Opened> {
  const { directCalls } = await import('@/lib/direct');
  return directCalls(baseUrl).open(token);
}
