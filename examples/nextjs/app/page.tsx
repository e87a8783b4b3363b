import { cookies } from 'next/headers';
import { createTill, formatMoney, unwrap } from 'till-client';

async function tillForShopper() {
  const jar = await cookies();
  return createTill({
    baseUrl: process.env.TILL_URL ?? 'http://127.0.0.1:8000',
    sessionId: jar.get('shopper')?.value,
    onSession: (id) => { jar.set('shopper', id, { httpOnly: true, sameSite: 'lax', maxAge: 400 * 24 * 3600 }); },
  });
}

async function add(form: FormData) {
  'use server';
  unwrap(await (await tillForShopper()).cart.add(String(form.get('id'))));
}

async function buy() {
  'use server';
  const till = await tillForShopper(), lines = unwrap(await till.cart.get()), order = unwrap(await till.orders.place(lines.map((line) => line.id)));
  unwrap(await till.payments.confirm(unwrap(await till.payments.createIntent(order.id)).id, 'pm_card_visa'));
}

export default async function Page() {
  const till = await tillForShopper(), { items } = unwrap(await till.products.list({ limit: 12 })), { currency } = unwrap(await till.checkout.form());
  const cart = till.sessionId ? unwrap(await till.cart.get()) : [], orders = till.sessionId ? unwrap(await till.orders.list()).items : [];
  return <main>
    <h1>Shop</h1>
    {items.map((product) => <form key={product.id} action={add}><input type="hidden" name="id" value={product.id} />{product.name}, {formatMoney(product.price, currency)} <button>Add</button></form>)}
    <h2>Cart</h2>
    {cart.map(({ id, product, quantity }) => <p key={id}>{quantity} × {product.name}</p>)}
    {cart.length > 0 && <form action={buy}><button>Buy</button></form>}
    <h2>Orders</h2>
    {orders.map((order) => <p key={order.id}>{formatMoney(order.total_amount, currency)}: {order.status}</p>)}
  </main>;
}
