'use client';
// Orders that the browser reads itself.
import { useCallback } from 'react';
import type { ShopperCalls } from '@/lib/shopper';
import { ShopperData } from './found';
import { Missing } from './missing';
import { OneOrder, type News } from './one-order';
import { OrderList } from './order-list';

const readOrders = (calls: ShopperCalls) => calls.orders();

export function Orders() {
  return <ShopperData given={null} read={readOrders}>{orders => <OrderList orders={orders} />}</ShopperData>;
}

export function DirectOrder({ id, news }: { id: string; news: News }) {
  const read = useCallback((calls: ShopperCalls) => calls.order(id), [id]);
  return <ShopperData given={null} read={read} missing={<Missing what="order" />}>{order => <OneOrder order={order} news={news} />}</ShopperData>;
}
