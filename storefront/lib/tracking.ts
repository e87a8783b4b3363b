// How far an order is: its parcels and its timeline, in words for the shopper.
import type { Fulfillment, OrderEvent } from 'till-client';
import { money } from './money';

/** What is known of a parcel: to the order's own shopper, and to a guest who has looked it up. */
export type Parcel = Omit<Fulfillment, 'id' | 'items'> & { id?: string; contents: { name: string; quantity: number }[] };

interface Sent { fulfillments?: (Omit<Fulfillment, 'id'> & { id?: string })[]; items: { line?: number; name: string }[] }

/** What was sent together, with the names of what is in it. */
export const parcelsOf = ({ fulfillments = [], items }: Sent): Parcel[] => fulfillments.map(({ items: sent, ...parcel }) => ({
  ...parcel,
  contents: sent.map(({ line, quantity }) => ({ quantity, name: items.find((item, i) => (item.line ?? i) === line)?.name ?? 'Something' })),
}));

/** An entry of the timeline. A guest gets neither a subject nor an amount. */
export type Happening = Pick<OrderEvent, 'at' | 'kind'> & Partial<Pick<OrderEvent, 'subject' | 'amount'>>;

const statuses: Record<string, string> = {
  pending: 'Waiting to be paid', paid: 'Paid', shipped: 'On its way', delivered: 'Delivered', cancelled: 'Cancelled', expired: 'Expired', refunded: 'Refunded',
  lost: 'Lost on the way',
};

/** Of an order or of a parcel. */
export const statusWords = ({ status }: { status: string }) => statuses[status] ?? status;

/** A parcel's link; null unless it is https and without a password. What the shop's owner or a carrier wrote stays text then. */
export function trackingLink(url: string | null): URL | null {
  const link = url !== null && URL.canParse(url) ? new URL(url) : null;
  return link?.protocol === 'https:' && !link.username && !link.password ? link : null;
}

/** Those that are, or were, on their way. */
export const isSent = ({ status }: { status: string }) => status !== 'cancelled';

const happenings: Partial<Record<OrderEvent['kind'], string>> = {
  created: 'Ordered', paid: 'Paid', cancelled: 'Cancelled', expired: 'Not paid in time', refunded: 'Refunded', partly_refunded: 'Refunded in part',
  refund_failed: 'A refund did not get through',
};
const parcelHappenings: Partial<Record<OrderEvent['kind'], string>> = {
  shipped: 'sent', delivered: 'delivered', lost: 'lost on the way', shipment_cancelled: 'called back, to be sent again',
};

/** What happened; null if it is nothing that a shopper should see. `parcels`: those that are sent. */
export function happeningWords({ kind, subject, amount }: Happening, parcels: Parcel[], currency?: string): string | null {
  const done = parcelHappenings[kind];
  if (!done) return kind === 'partly_refunded' && amount && currency ? `${money(amount, currency)} refunded` : happenings[kind] ?? null;
  const which = subject ? parcels.findIndex(({ id }) => id === subject) : -1;
  const carrier = kind === 'shipped' && parcels[which]?.carrier;
  return `${parcels.length > 1 && which >= 0 ? `Parcel ${which + 1}` : 'Parcel'} ${done}${carrier ? ` with ${carrier}` : ''}`;
}
