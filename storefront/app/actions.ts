'use server';
// The shopper's calls as server actions.
import type { Fields } from '@/lib/checkout';
import { shopper } from '@/lib/till';
import type { Order } from 'till-client';

export const cart = async () => (await shopper()).cart();
export const add = async (product: string, quantity: number) => (await shopper()).add(product, quantity);
export const setQuantity = async (line: string, quantity: number) => (await shopper()).setQuantity(line, quantity);
export const place = async (lines: string[], fields: Fields, seen: number | null) => (await shopper()).place(lines, fields, seen);
export const pay = async (order: string, method: string, attempt: string) => (await shopper()).pay(order, method, attempt);
export const intent = async (order: string) => (await shopper()).intent(order);
export const settle = async (payment: string) => (await shopper()).settle(payment);
export const reopen = async (order: string) => (await shopper()).reopen(order);

export const order = async (id: string) => (await shopper()).order(id);
export const orders = async (status?: Order['status']) => (await shopper()).orders(status);
