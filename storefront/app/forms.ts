'use server';
// Forms that are sent before the page's script is there (or where it never comes): they answer with a page, as forms do.
import { redirect } from 'next/navigation';
import { missingFields, readFields, type Fields, type Problems } from '@/lib/checkout';
import { checkoutAsked } from '@/lib/catalogue';
import type { Quoting } from '@/lib/shopper';
import { shopper } from '@/lib/till';

const text = (form: FormData, name: string) => String(form.get(name) ?? '');
const count = (form: FormData) => Math.trunc(Number(form.get('quantity')) || 0);

const cartPage = (problem: string | null) => redirect(problem ? '/cart?refused' : '/cart');

export async function addForm(form: FormData) {
  cartPage((await (await shopper()).add(text(form, 'product'), Math.max(1, count(form)))).problem);
}

export async function setQuantityForm(form: FormData) {
  cartPage((await (await shopper()).setQuantity(text(form, 'line'), count(form))).problem);
}

/** The checkout's form as it was sent, and what came of it. */
export interface CheckoutState extends Quoting {
  fields: Fields;
  errors: Problems;
  before: number | null; // the total that the shopper had seen, if it has changed
}

/** Sent with `go=place` it orders and goes on to the payment; otherwise it shows the totals of what was typed. */
export async function checkoutForm(_: CheckoutState, form: FormData): Promise<CheckoutState> {
  const fields = readFields(form), lines = form.getAll('line').map(String), seen = Number(form.get('seen')) || null;
  const calls = await shopper();
  const quoting = await calls.quote(lines, fields);
  const state = { ...quoting, fields: { ...fields, method: quoting.method }, errors: {}, before: null };
  if (form.get('go') !== 'place') return state;
  const errors = missingFields(fields, await checkoutAsked());
  if (Object.keys(errors).length > 0) return { ...state, errors };
  const placed = await calls.place(lines, state.fields, seen);
  if ('order' in placed) redirect(`/checkout/${placed.order}`);
  if (placed.totals) return { ...state, quote: { ...placed.totals, shipping_options: quoting.quote?.shipping_options ?? [] }, before: seen };
  return { ...state, errors: placed.errors ?? {}, problem: placed.problem };
}

export async function reopenForm(form: FormData) {
  cartPage((await (await shopper()).reopen(text(form, 'order'))).problem);
}
