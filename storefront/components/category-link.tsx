'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { categoryPath } from '@/lib/filters';

/** In the menu; marked on its own page. */
export function CategoryLink({ name }: { name: string }) {
  const href = categoryPath(name);
  const isHere = usePathname() === href;
  return (
    <Link
      href={href} prefetch={false} aria-current={isHere ? 'page' : undefined}
      className={`grid h-11 place-items-center rounded-lg px-3 whitespace-nowrap capitalize hover:text-ink ${isHere ? 'font-semibold text-ink' : 'text-soft'}`}
    >
      {name}
    </Link>
  );
}
