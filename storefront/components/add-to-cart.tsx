'use client';
import { useState } from 'react';
import type { Product } from 'till-client';
import { addForm } from '@/app/forms';
import { useCart } from './cart';
import { Stepper } from './stepper';

const QUANTITY_MAX = 99;

/** Before the page's script is there, the form itself adds and shows the cart's page. */
export function AddToCart({ product }: { product: Product }) {
  const { add, setOpen } = useCart();
  const [quantity, setQuantity] = useState(1);
  const most = Math.min(product.stock_quantity, QUANTITY_MAX);
  if (most === 0) return <button className="button-main w-full sm:w-auto" disabled>Sold out</button>;
  return (
    <form
      action={addForm} className="flex flex-wrap items-center gap-3"
      onSubmit={event => {
        event.preventDefault();
        setOpen(true);
        add(product, quantity);
      }}
    >
      <input type="hidden" name="product" value={product.id} />
      <input type="hidden" name="quantity" value={quantity} />
      <Stepper value={quantity} most={most} name={product.name} type="button" onStep={setQuantity} />
      <button className="button-main grow sm:grow-0 sm:px-10">Add to cart</button>
    </form>
  );
}
