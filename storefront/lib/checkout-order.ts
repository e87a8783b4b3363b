// An order of the checkout's fields, and what Till says to it: for those who call Till, not for the page.
import type { OrderCreate, Quote, ValidationIssue } from 'till-client';
import { addressNames, fieldOf, given, hasAddress, missing, type Fields, type Problems } from './checkout';
import { labelsIn } from './country-labels';

/** The body of an order. What is missing in it Till names. */
export const orderBody = (lines: string[], fields: Fields): OrderCreate => ({
  cart_item_ids: lines,
  ...given(fields, ['email']),
  ...(hasAddress(fields) && { shipping_address: given(fields, addressNames) as OrderCreate['shipping_address'] }),
  ...(fields.method && { shipping_method_id: fields.method }),
});

/** The method that is chosen: the shopper's if it is offered, or else the first. None before there is a country. */
export function chosenMethod(fields: Fields, quote: Quote | null): string {
  const options = fields.country && quote ? quote.shipping_options : [];
  return options.find(({ id }) => id === fields.method)?.id ?? options[0]?.id ?? '';
}

/** Till's refusal, field by field; null if it is of something else than the form's fields. */
export function problemsOf(issues: ValidationIssue[], fields: Fields): Problems | null {
  const problems: Problems = {};
  for (const { loc, type, msg, ctx } of issues) {
    const name = fieldOf(loc);
    if (!name) return null;
    const most = (ctx as { max_length?: number } | undefined)?.max_length;
    problems[name] ??= type === 'missing' ? missing(name, labelsIn(fields.country))
      : most !== undefined ? `This is too long: ${most} characters at most.`
      : name === 'email' ? 'This is no email address: ann@example.com is one.'
      : msg;
  }
  return problems;
}
