/** What was sent together: where it is, and its tracking. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { FormAlert, Text, useForm } from '../form.js';
import { useCan } from '../session.js';
import { change } from '../store.js';
import { t } from '../texts.js';
import { act, say } from '../toasts.js';
import { Badge, Button, Dialog, Section, Time, type Tone } from '../ui.js';
import { orderKey, reread, type DeskOrder, type Order } from './order.js';
import { Carriers } from './order_list.js';
import { cancelParcel } from './order_ship.js';

type Parcel = Schemas['FulfillmentRead'];

const tones: Record<Parcel['status'], Tone> = { shipped: 'info', delivered: 'good', lost: 'bad', cancelled: 'dull' };

export function Parcels({ order }: { order: Order }) {
  if (order.fulfillments.length === 0) return null;
  return (
    <Section title={t.order.parcels}>
      <ul class="parcels">{order.fulfillments.map((parcel, i) => <ParcelLine key={parcel.id} order={order} parcel={parcel} number={i + 1} />)}</ul>
    </Section>
  );
}

/** Says where a parcel is; it shows at once. */
const mark = (order: Order, parcel: Parcel, status: 'delivered' | 'lost') => act({
  apply: () => change<DeskOrder>(orderKey(order.id), desk => ({
    ...desk, order: { ...desk.order, fulfillments: desk.order.fulfillments.map(one => (one.id === parcel.id ? { ...one, status } : one)) },
  })),
  send: () => api('patch', '/orders/{order_id}/fulfillments/{fulfillment_id}', { path: { order_id: order.id, fulfillment_id: parcel.id }, body: { status } }),
  done: status === 'delivered' ? t.order.parcelDelivered : t.order.parcelLost,
  failed: t.order.parcelFailed, refresh: [orderKey(order.id), 'orders:'], row: parcel.id,
});

function ParcelLine({ order, parcel, number }: { order: Order; parcel: Parcel; number: number }) {
  const can = useCan(), [edits, setEdits] = useState(false);
  const isOpen = parcel.status === 'shipped' || parcel.status === 'lost';
  const names = new Map(order.items.map(line => [line.line, line.name]));
  const isSafe = parcel.tracking_url !== null && /^https?:\/\//i.test(parcel.tracking_url);
  const tracking = [parcel.carrier, parcel.tracking_number].filter(Boolean).join(' ');
  return (
    <li data-row={parcel.id}>
      <div class="spread">
        <strong>{t.order.parcelOf(number)}</strong><Badge tone={tones[parcel.status]}>{t.order.parcel[parcel.status]}</Badge>
      </div>
      <p>{parcel.items.map(item => `${item.quantity} × ${names.get(item.line) ?? item.line}`).join(', ')}</p>
      <p class="soft"><Time at={parcel.shipped_at} />{tracking && <> · {isSafe ? <a href={parcel.tracking_url!} target="_blank" rel="noreferrer">{tracking}</a> : tracking}</>}</p>
      {isOpen && can('orders:fulfil') && (
        <div class="actions">
          <Button onClick={() => void mark(order, parcel, 'delivered')}>{t.order.markDelivered}</Button>
          <Button look="quiet" onClick={() => setEdits(true)}>{t.order.addTracking}</Button>
          {parcel.status !== 'lost' && <Button look="quiet" onClick={() => void mark(order, parcel, 'lost')}>{t.order.markLost}</Button>}
          <Button look="quiet" onClick={() => void cancelParcel(order.id, parcel.id)}>{t.order.cancelParcel}</Button>
        </div>
      )}
      {edits && <TrackingDialog order={order} parcel={parcel} onClose={() => setEdits(false)} />}
    </li>
  );
}

function TrackingDialog({ order, parcel, onClose }: { order: Order; parcel: Parcel; onClose: () => void }) {
  const form = useForm({ carrier: parcel.carrier ?? '', tracking_number: parcel.tracking_number ?? '', tracking_url: '' });
  const send = form.submit(async values => {
    const body = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value)) as Schemas['FulfillmentUpdate'];
    await api('patch', '/orders/{order_id}/fulfillments/{fulfillment_id}', { path: { order_id: order.id, fulfillment_id: parcel.id }, body });
    onClose();
    say(t.saved);
    void reread(order.id);
  });
  return (
    <Dialog title={t.order.addTracking} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="carrier" label={t.order.carrier} hint={t.order.carrierHint} list="carriers" maxLength={100} autofocus />
          <Text form={form} name="tracking_number" label={t.order.tracking} maxLength={100} spellcheck={false} />
          <Text form={form} name="tracking_url" label={t.order.trackingUrl} hint={t.order.trackingUrlHint} type="url" maxLength={500} />
          <Carriers />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.save}</Button></footer>
      </form>
    </Dialog>
  );
}
