/** Shipping an order, all of it or a part. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { Check, FormAlert, FormError, Stepper, Text, useForm } from '../form.js';
import { t } from '../texts.js';
import { act, say } from '../toasts.js';
import { Button, Dialog } from '../ui.js';
import { orderKey, reread, type Order } from './order.js';
import { MailOffHint } from './mail_off.js';
import { Carriers } from './order_list.js';

export type Line = Schemas['OrderLineDetails'];

/** Of a line that was taken back, units that were sent count as those that came back first only if nothing else is left: the server
 * knows better, and refuses what is too much. */
const leftOfLine = (line: Line) => Math.max(0, line.quantity - line.shipped_quantity - unsentTakenBack(line));
const unsentTakenBack = (line: Line) => Math.min(line.refunded_quantity, line.quantity - line.shipped_quantity);

/** The lines of which something is still to be sent, and how many units. */
export const leftOf = (order: Order) => order.items.map(line => ({ line, left: leftOfLine(line) })).filter(({ left }) => left > 0);

export function ShipDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const left = leftOf(order);
  const [counts, setCounts] = useState(new Map(left.map(({ line, left }) => [line.line, left])));
  const form = useForm({ carrier: '', tracking: '', url: '', notify: true });
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const isAll = left.every(({ line, left }) => counts.get(line.line) === left);

  const send = form.submit(async ({ carrier, tracking, url, notify }, key) => {
    if (total === 0) throw new FormError('items', t.errors.needed);
    const items = [...counts].filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ line, quantity }));
    const body: Schemas['FulfillmentCreate'] = {
      ...(isAll ? {} : { items }),
      ...(carrier.trim() ? { carrier: carrier.trim() } : {}),
      ...(tracking.trim() ? { tracking_number: tracking.trim() } : {}),
      ...(url.trim() ? { tracking_url: url.trim() } : {}),
      notify,
    };
    const parcel = await api('post', '/orders/{order_id}/fulfillments', { path: { order_id: order.id }, body, key });
    onClose();
    say(t.order.shipped(total), () => void cancelParcel(order.id, parcel.id));
    void reread(order.id);
  });

  return (
    <Dialog title={`${t.order.shipTitle} ${order.number}`} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <ul class="lines">
            {left.map(({ line, left }) => (
              <li key={line.line}>
                <div class="line-name"><span>{line.name}</span><small class="soft">{t.order.left(left)}</small></div>
                <Stepper label={line.name} min={0} max={left} value={counts.get(line.line) ?? 0} onChange={n => setCounts(new Map(counts).set(line.line, n))} />
              </li>
            ))}
          </ul>
          <div class="grid-2">
            <Text form={form} name="carrier" label={t.order.carrier} hint={t.order.carrierHint} list="carriers" maxLength={100} autofocus />
            <Text form={form} name="tracking" label={t.order.tracking} maxLength={100} spellcheck={false} />
          </div>
          <Carriers />
          <details><summary>{t.order.trackingUrl}</summary><Text form={form} name="url" label={t.order.trackingUrl} hint={t.order.trackingUrlHint} type="url" maxLength={500} /></details>
          {order.email !== null ? <Check form={form} name="notify" label={t.order.notify} hint={<>{order.email}<MailOffHint /></>} /> : <p class="hint">{t.order.notifyNone}</p>}
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.order.shipItems(total)}</Button></footer>
      </form>
    </Dialog>
  );
}

export const cancelParcel = (order_id: string, fulfillment_id: string) => act({
  send: () => api('patch', '/orders/{order_id}/fulfillments/{fulfillment_id}', { path: { order_id, fulfillment_id }, body: { status: 'cancelled' } }),
  done: t.order.parcelCancelled, failed: t.order.parcelFailed, refresh: [orderKey(order_id), 'orders:'],
});
