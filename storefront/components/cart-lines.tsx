'use client';
// The cart's lines, and the way on to the checkout: in the drawer and on the cart's own page.
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import type { CartItem } from 'till-client';
import { setQuantityForm } from '@/app/forms';
import { productPath } from '@/lib/filters';
import { money } from '@/lib/money';
import { tight } from '@/lib/tight';
import { useCart } from './cart';
import { Picture } from './picture';
import { Stepper } from './stepper';

const QUANTITY_MAX = 10_000; // of a line, as Till has it

const quantityOf = (submitter: HTMLElement | null) => Number((submitter as HTMLButtonElement | null)?.value);

/** `said`: what to say if the cart itself says nothing. */
export function CartProblem({ said = null }: { said?: string | null }) {
  const { problem } = useCart();
  const text = problem ?? said;
  return <p role="alert" className={text ? 'rounded-lg bg-warn-wash px-4 py-3 text-warn' : 'sr-only'}>{text}</p>;
}

function Line({ item }: { item: CartItem }) {
  const { setQuantity } = useCart();
  const { product, quantity } = item;
  const stock = product.stock_quantity;
  const short = quantity > stock;
  return (
    <li className="flex gap-4 py-5">
      <Picture product={product} size={96} className="w-20! shrink-0 self-start rounded-xl sm:w-24!" />
      <div className="flex min-w-0 grow flex-col gap-2">
        <div className="flex justify-between gap-4">
          <Link href={productPath(product.id)} prefetch={false} className="line-clamp-2 leading-snug font-medium wrap-anywhere hover:underline">{tight(product.name)}</Link>
          <p className="figures font-medium">{money(product.price * quantity)}</p>
        </div>
        {short && <p className="text-sm font-medium text-warn">{stock === 0 ? 'Sold out. Remove it to go on.' : `Only ${stock} left.`}</p>}
        <form
          action={setQuantityForm} className="flex flex-wrap items-center justify-between gap-2"
          onSubmit={event => {
            event.preventDefault();
            const to = quantityOf((event.nativeEvent as SubmitEvent).submitter);
            if (Number.isInteger(to)) setQuantity(product, to);
          }}
        >
          <input type="hidden" name="line" value={item.id} />
          {short && stock > 0
            ? <button name="quantity" value={stock} className="button-quiet px-4 text-sm">Take {stock} instead</button>
            : stock > 0 && <Stepper value={quantity} most={Math.min(stock, QUANTITY_MAX)} name={product.name} type="submit" />}
          <button name="quantity" value={0} className="min-h-11 px-1 text-sm text-soft underline underline-offset-4 hover:text-ink" aria-label={`Remove ${product.name}`}>Remove</button>
        </form>
      </div>
    </li>
  );
}

export function CartLines() {
  const { items, busy } = useCart();
  return <ul className="divide-y divide-line" aria-label="In the cart" aria-busy={busy}>{items.map(item => <Line key={item.product.id} item={item} />)}</ul>;
}

/** Total, and the way to the checkout: which takes the cart as it is once Till has answered to everything so far. */
export function Checkout() {
  const { items, total, settled } = useCart();
  const router = useRouter();
  const [leaving, startTransition] = useTransition();
  const short = items.some(item => item.quantity > item.product.stock_quantity);
  return (
    <form
      action="/checkout"
      onSubmit={event => {
        event.preventDefault();
        if (!leaving && !short) startTransition(async () => {
          await settled();
          startTransition(() => router.push('/checkout'));
        });
      }}
    >
      <p className="flex justify-between text-lg font-semibold"><span>Total</span><span className="figures" data-testid="total">{money(total)}</span></p>
      <button className="button-main mt-4 w-full" disabled={short} aria-disabled={leaving}>
        {leaving ? 'One moment …' : 'Check out'}
      </button>
      <p className="mt-3 text-sm text-soft">{short ? 'Something in the cart has sold out.' : 'Nothing is charged yet.'}</p>
    </form>
  );
}
