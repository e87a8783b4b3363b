'use server';
import { lookUp, type LookupState } from '@/lib/lookup';
import { tillForShopper } from '@/lib/till';

export async function lookupForm(_: LookupState, form: FormData): Promise<LookupState> {
  const [number, email] = ['number', 'email'].map(name => String(form.get(name) ?? '').trim()) as [string, string];
  return { number, email, ...(await lookUp(await tillForShopper(), { number, email }, form.get('go') === 'link')) };
}
