/** The pages, by the first part of their address. */
import type { ComponentType } from 'preact';
import { OrderPages } from './orders.js';
import { TodayPage } from './today.js';

export const pages: Record<string, ComponentType<{ rest: string[] }>> = {
  '': TodayPage,
  orders: OrderPages,
};
