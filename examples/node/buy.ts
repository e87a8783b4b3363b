// Finds a product, puts it into a cart, and pays for it: node buy.js [WORDS]. The shop is http://127.0.0.1:8000, or what TILL_URL names.
import { createTill, formatMoney, unwrap } from 'till-client';

const till = createTill({
  baseUrl: process.env.TILL_URL ?? 'http://127.0.0.1:8000',
  onSession: () => {}, // the client goes on with the session; a server would keep its id for the shopper
});

// unwrap gives the data, or throws what the shop has refused. Without it, look at `ok` and `error` of a result.
const { items: [product] } = unwrap(await till.products.search({ q: process.argv.slice(2).join(' ') || 'headphones', limit: 1 }));
if (!product) throw new Error('Nothing was found.');

const line = unwrap(await till.cart.add(product.id));
const order = unwrap(await till.orders.place([line.id]));
const intent = unwrap(await till.payments.createIntent(order.id));
const payment = unwrap(await till.payments.confirm(intent.id, 'pm_card_visa'));
if (payment.status !== 'succeeded') throw new Error(payment.failure_message ?? 'The card was declined.');

const paid = unwrap(await till.orders.get(order.id));
console.log(`${product.name}: ${formatMoney(paid.total_amount, payment.currency)}, order ${paid.id} is ${paid.status}`);
