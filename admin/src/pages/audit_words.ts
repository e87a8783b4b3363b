/** What the audit log says of a change, in the shop's words. */
import { actionWords } from '../actions.js';
import type { Schemas } from '../api.js';
import { countryName, money, percent } from '../format.js';
import { t } from '../texts.js';

type Entry = Schemas['AuditRead'];
type Change = Entry['changes'][number];

/** What the commands of the server write, which are no operations of the API. */
const commandWords: Record<string, string> = t.audit.commands;

/** What was refused, of the operations that take a password or a code. */
const refusedWords: Record<string, string> = t.audit.refused;

/** Why a password or a code was refused; undefined: the entry is of a change. */
const refusalOf = ({ changes }: Entry) => changes.find(({ field }) => field === 'refused')?.after;

export function wordsOf(entry: Entry): string {
  const words: Record<string, string> = refusalOf(entry) ? refusedWords : { ...actionWords, ...commandWords };
  return words[entry.action] ?? t.audit.other;
}

/** Whose sign-in was refused: nobody knows who tried it. */
export const refusedAccount = (entry: Entry): string | null => (refusalOf(entry) && entry.actor_kind === 'system' ? entry.target : null);

export type Target = 'orders' | 'products' | 'webhooks' | null;

/** Which kind of thing was changed, if it has a page. */
export function targetKind({ action, target }: Entry): Target {
  if (!target) return null;
  if (/ \/(admin\/)?orders\/\{order_id\}/.test(action) || action === 'POST /admin/orders') return 'orders';
  if (/ \/products(\/\{product_id\}|$)|\/admin\/products\/bulk$/.test(action)) return 'products';
  return / \/admin\/webhooks/.test(action) ? 'webhooks' : null;
}

/** The name that a product got when it was added or changed. */
export const nameIn = (entry: Entry): string | undefined => (targetKind(entry) === 'products' ? entry.changes.find(({ field }) => field === 'name')?.after ?? undefined : undefined);

/** Fields that only a program has a use for. */
const hidden = new Set(['fulfillment', 'refund', 'note', 'mail', 'media', 'width', 'session', 'position', 'product', 'order']);

const countOf = (list: string) => t.audit.pictures(list === '' ? 0 : list.split(',').length);
const placesIn = (text: string) => (text === '*' || text === '' ? t.countries.everywhere : text.split(',').map(countryName).join(', '));
const amounts = new Set(['price', 'amount', 'total_amount', 'free_from']);
const listWords: Record<string, Record<string, string>> = {
  basis: t.shipping.bases, mails: t.settings.mails, 'checkout.requires': t.settings.needs, role: t.roles, refused: t.audit.reasons,
  status: { ...t.order.status, ...t.order.parcel, ...t.imports.states, ...t.staff.statuses },
};

function tiersIn(text: string, currency: string): string {
  const tiers = text.split(',').map(tier => tier.split(':').map(Number));
  return tiers.map(([from = 0, price = 0]) => (tiers.length > 1 ? `${t.audit.from(from)} ${money(price, currency)}` : money(price, currency))).join(', ');
}

function valueOf(field: string, value: string, currency: string): string {
  if (amounts.has(field) && /^-?\d+$/.test(value)) return money(Number(value), currency);
  if (field === 'rate_e5') return percent(Number(value));
  if (field === 'tiers') return tiersIn(value, currency);
  if (field === 'countries' || field === 'ship_to' || field === 'country') return placesIn(value);
  if (field === 'images') return countOf(value);
  if (value === 'true' || value === 'false') return value === 'true' ? t.yes : t.no;
  const words = listWords[field];
  if (words) return value.split(',').map(one => words[one] ?? one).join(', ');
  return value === '' ? t.audit.empty : value;
}

export interface Line {
  name: string;
  before: string | null;
  after: string | null;
}

/** A change as it is shown; null: it says nothing to a reader. */
export function lineOf({ field, before, after }: Change, currency: string): Line | null {
  if (hidden.has(field) || ((before ?? '') === '' && (after ?? '') === '')) return null;
  const name = (t.audit.fields as Record<string, string>)[field] ?? field.replace(/[_.]/g, ' ');
  if (field === 'image_url') return { name, before: null, after: !after ? t.audit.removed : before ? t.audit.changed : t.audit.added };
  const say = (value: string | null) => (value === null ? null : valueOf(field, value, currency));
  return { name, before: say(field === 'images' ? before ?? '' : before), after: say(field === 'images' ? after ?? '' : after) };
}
