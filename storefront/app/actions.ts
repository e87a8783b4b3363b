'use server';
// The shopper's calls as server actions. Those that end in `Form` are for forms that are sent before the page's script
// is there (or where it never comes): they answer with a page, as forms do.
import { redirect } from 'next/navigation';
import { shopper } from '@/lib/till';

export const cart = async () => (await shopper()).cart();
export const add = async (product: string, quantity: number) => (await shopper()).add(product, quantity);
export const setQuantity = async (line: string, quantity: number) => (await shopper()).setQuantity(line, quantity);
export const place = async (lines: string[]) => (await shopper()).place(lines);
export const pay = async (order: string, method: string, attempt: string) => (await shopper()).pay(order, method, attempt);
export const intent = async (order: string) => (await shopper()).intent(order);
export const settle = async (payment: string) => (await shopper()).settle(payment);
export const reopen = async (order: string) => (await shopper()).reopen(order);

export const order = async (id: string) => (await shopper()).order(id);
export const orders = async () => (await shopper()).orders();

const text = (form: FormData, name: string) => String(form.get(name) ?? '');
const count = (form: FormData) => Math.trunc(Number(form.get('quantity')) || 0);

const cartPage = (problem: string | null) => redirect(problem ? '/cart?refused' : '/cart');

export async function addForm(form: FormData) {
  cartPage((await add(text(form, 'product'), Math.max(1, count(form)))).problem);
}

export async function setQuantityForm(form: FormData) {
  cartPage((await setQuantity(text(form, 'line'), count(form))).problem);
}

export async function placeForm(form: FormData) {
  const placed = await place(form.getAll('line').map(String));
  if ('order' in placed) redirect(`/checkout/${placed.order}`);
  cartPage(placed.problem);
}

export async function reopenForm(form: FormData) {
  cartPage((await reopen(text(form, 'order'))).problem);
}
