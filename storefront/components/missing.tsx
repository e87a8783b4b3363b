import Link from 'next/link';

export function Missing({ what }: { what: 'page' | 'order' }) {
  return (
    <div className="flex flex-col items-start gap-5 pt-8 pb-6 sm:pt-14">
      <h1 className="max-w-2xl text-3xl font-bold tracking-tight sm:text-5xl">{what === 'page' ? 'This shelf is empty.' : 'That is not an order of yours.'}</h1>
      <p className="max-w-prose text-lg text-soft">
        {what === 'page' ? 'There is nothing at this address, or it is no longer in the shop.'
          : 'Orders belong to the browser they were made in. If you made it elsewhere, or have cleared your cookies since, its number finds it.'}
      </p>
      <div className="flex flex-wrap gap-3">
        {what === 'order' && <Link href="/orders/find" prefetch={false} className="button-main">Find your order</Link>}
        <Link href="/search" prefetch={false} className={what === 'page' ? 'button-main' : 'button-quiet'}>See everything</Link>
        <Link href="/" prefetch={false} className="button-quiet">Home</Link>
      </div>
    </div>
  );
}
