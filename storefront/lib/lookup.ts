// How a guest finds an order, by its number or by a mail's link: what is asked for, and what comes of it, in words.
import type { Till, TillError, Tracking } from 'till-client';

export interface Asked { number: string; email: string }

/** `errors`: what is wrong with which field. `problem`: with neither. `isSent`: a link was asked for. */
export interface LookedUp { found: Tracking | null; isSent: boolean; errors: Partial<Asked>; problem: string | null }

/** What came of a mail's link: the id of the order that this session may read now, or what is wrong. */
export type Opened = { order: string; problem: null } | { order: null; problem: string };

const nothing: LookedUp = { found: null, isSent: false, errors: {}, problem: null };
const out = 'The shop cannot be reached just now. Try again in a moment.';
export const notAsked: LookupState = { ...nothing, number: '', email: '' };

/** The form as it was sent, and what came of it. */
export type LookupState = Asked & LookedUp;

const SECOND = 1_000, MINUTE = 60_000;

/** `8 seconds`, `10 minutes`: never too short. */
function waitWords(ms: number): string {
  const [count, unit] = ms <= 90 * SECOND ? [Math.max(1, Math.ceil(ms / SECOND)), 'second'] as const : [Math.ceil(ms / MINUTE), 'minute'] as const;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function refusal(error: TillError): LookedUp {
  if (error.kind === 'not_found') return { ...nothing, problem: 'We found no order with this number and this address.' };
  if (error.kind === 'validation') {
    const wrong = (name: string) => error.issues.some(({ loc }) => loc.at(-1) === name);
    const errors = { ...(wrong('number') && { number: 'This is no order’s number: K7QF9-29XM4 is one.' }), ...(wrong('email') && { email: 'This is no email address: ann@example.com is one.' }) };
    if (Object.keys(errors).length > 0) return { ...nothing, errors };
  }
  return { ...nothing, problem: tooMany(error) ?? out };
}

const tooMany = (error: TillError) => error.kind === 'unavailable' && error.status === 429
  ? `That were too many tries. Try again in ${error.retryAfterMs === undefined ? 'a few minutes' : waitWords(error.retryAfterMs)}.` : null;

/** `wantsLink`: the order's link is mailed to the address, in place of an answer. */
export async function lookUp(till: Till, { number, email }: Asked, wantsLink: boolean): Promise<LookedUp> {
  const errors = { ...(!number && { number: 'The order’s number is missing.' }), ...(!email && { email: 'Email is missing.' }) };
  if (Object.keys(errors).length > 0) return { ...nothing, errors };
  const answer = wantsLink ? await till.orders.sendLink(number, email) : await till.orders.lookup(number, email);
  return answer.ok ? { ...nothing, found: answer.data ?? null, isSent: wantsLink } : refusal(answer.error);
}

/** Opens the order whose mail has this token in its link. */
export async function openOrder(till: Till, token: string): Promise<Opened> {
  const opened = await till.orders.open(token);
  if (opened.ok) return { order: opened.data.id, problem: null };
  const isOver = opened.error.kind === 'rejected' || opened.error.kind === 'validation';
  return { order: null, problem: isOver ? 'The link is no longer valid.' : tooMany(opened.error) ?? out };
}
