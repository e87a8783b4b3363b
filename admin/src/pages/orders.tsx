/** `#/orders`: the list, one order, packing slips, and an order by phone. */
import { NewOrder } from './order_new.js';
import { OrderPage } from './order.js';
import { OrderList } from './order_list.js';
import { Slips } from './order_slip.js';

export function OrderPages({ rest: [id] }: { rest: string[] }) {
  if (id === undefined) return <OrderList />;
  if (id === 'new') return <NewOrder />;
  if (id === 'slips') return <Slips />;
  return <OrderPage id={id} />;
}
