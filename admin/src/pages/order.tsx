/** One order: what is in it, where it goes, its parcels and its money, and what happened to it. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { Area, FormAlert, FormError, Text, useForm } from '../form.js';
import { money, percent } from '../format.js';
import { href } from '../router.js';
import { useCan } from '../session.js';
import { change, refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, say } from '../toasts.js';
import { Badge, Button, Confirm, Dialog, Facts, LinkButton, Loaded, PageFrame, Section, Time, type Tone } from '../ui.js';
import { AddressLines } from './address.js';
import { MailLines } from './mail_lines.js';
import { Picture } from './picture.js';
import { Parcels } from './order_parcels.js';
import { RefundDialog } from './order_refund.js';
import { leftOf, ShipDialog } from './order_ship.js';
import { Timeline } from './order_timeline.js';

export type DeskOrder = Schemas['DeskOrder'];
export type Order = Schemas['OrderDetails'];

export const orderKey = (id: string) => `order:${id}`;
export const reread = (id: string) => refresh(orderKey(id), 'orders:', 'mails:');

const paymentTones: Record<Order['payment_status'], Tone> = { unpaid: 'wait', paid: 'good', partly_refunded: 'info', refunded: 'dull' };
const fulfillmentTones: Record<Order['fulfillment_status'], Tone> = { none: 'wait', partial: 'wait', shipped: 'good', delivered: 'good' };

export function OrderPage({ id }: { id: string }) {
  const query = useQuery(orderKey(id), () => api('get', '/admin/orders/{order_id}', { path: { order_id: id } }));
  const back = { href: '#/orders', text: t.order.title };
  if (!query.data) return <PageFrame title={t.order.number} back={back}><Loaded query={query}>{() => null}</Loaded></PageFrame>;
  return <OrderShown desk={query.data} />;
}

/** Goes to what the timeline says about it. */
function showDispute() {
  const event = document.querySelector<HTMLElement>('.timeline .disputed');
  event?.scrollIntoView({ block: 'center' });
  event?.focus();
}

function Badges({ order }: { order: Order }) {
  const isOver = order.status === 'cancelled' || order.status === 'expired';
  if (isOver) return <span class="badges"><Badge tone="dull">{t.order.status[order.status]}</Badge></span>;
  return (
    <span class="badges">
      <Badge tone={paymentTones[order.payment_status]}>{t.order.payment[order.payment_status]}</Badge>
      {order.payment_status !== 'unpaid' && order.status !== 'refunded' && <Badge tone={fulfillmentTones[order.fulfillment_status]}>{t.order.fulfillment[order.fulfillment_status]}</Badge>}
      {order.timeline.some(({ kind }) => kind === 'disputed') && <button type="button" class="badge bad" onClick={showDispute}>{t.order.disputed}</button>}
    </span>
  );
}

type Open = 'ship' | 'refund' | 'cancel' | 'paid' | null;

function OrderShown({ desk }: { desk: DeskOrder }) {
  const { order } = desk, can = useCan();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const canShip = can('orders:fulfil') && order.status === 'paid' && leftOf(order).length > 0;
  const canRefund = can('orders:refund') && order.refunded_amount < order.total_amount && (order.payment_status === 'paid' || order.payment_status === 'partly_refunded');
  const canPay = can('orders:write') && desk.taken_by_staff && (order.status === 'pending' || order.status === 'expired');
  const canCancel = can('orders:write') && order.status === 'pending';
  const cancelOrder = () => act({
    send: () => api('post', '/admin/orders/{order_id}/cancel', { path: { order_id: order.id } }),
    done: t.order.cancelled, failed: t.order.cancelFailed, refresh: [orderKey(order.id), 'orders:', 'products:'],
  });
  const under = <><Time at={order.created_at} />{desk.taken_by_staff && <> · {t.order.byPhone}</>}{desk.held_until && <> · {t.order.heldUntil} <Time at={desk.held_until} /></>}</>;
  return (
    <PageFrame title={t.order.one(order.number)} back={{ href: '#/orders', text: t.order.title }} badge={<Badges order={order} />} under={under} actions={<>
      {canShip && <Button look="primary" icon="shipping" data-key="e" onClick={() => setOpen('ship')}>{t.order.ship}</Button>}
      {canPay && <Button look={canShip ? 'plain' : 'primary'} onClick={() => setOpen('paid')}>{t.order.markPaid}</Button>}
      {canRefund && <Button data-key="r" onClick={() => setOpen('refund')}>{t.order.refund}</Button>}
      <LinkButton icon="print" href={href('orders/slips', { ids: order.id })}>{t.order.slip}</LinkButton>
      {canCancel && <Button look="quiet" onClick={() => setOpen('cancel')}>{t.order.cancel}</Button>}
    </>}>
      <div class="columns">
        <div class="main-column">
          <Lines order={order} />
          <Parcels order={order} />
          <MailLines q={order.number} has={mail => mail.subject.includes(order.number)} none={order.email === null ? t.order.notifyNone : t.mails.noneOfOrder} />
          <Timeline order={order} />
        </div>
        <div class="side-column">
          <Customer order={order} />
          <Payments desk={desk} />
        </div>
      </div>
      {open === 'ship' && <ShipDialog order={order} onClose={close} />}
      {open === 'refund' && <RefundDialog order={order} onClose={close} />}
      {open === 'paid' && <PaidDialog order={order} onClose={close} />}
      {open === 'cancel' && <Confirm title={t.order.cancelTitle} action={t.order.cancel} onClose={close} run={cancelOrder}>{t.order.cancelHint}</Confirm>}
    </PageFrame>
  );
}

function Lines({ order }: { order: Order }) {
  const { currency } = order;
  return (
    <Section title={t.order.items}>
      <ul class="lines">
        {order.items.map(line => (
          <li key={line.line}>
            <Picture url={line.image_url} />
            <div class="line-name">
              <a href={href(`products/${line.product_id}`)}>{line.name}</a>
              <small class="soft">
                {[money(line.price_at_purchase, currency) + ' × ' + line.quantity,
                  line.shipped_quantity > 0 && line.shipped_quantity < line.quantity && t.order.sentOf(line.shipped_quantity, line.quantity),
                  line.refunded_quantity > 0 && t.order.takenBack(line.refunded_quantity)].filter(Boolean).join(' · ')}
              </small>
            </div>
            <span class="number">{money(line.price_at_purchase * line.quantity, currency)}</span>
          </li>
        ))}
      </ul>
      <Totals order={order} />
    </Section>
  );
}

/** A rate's name, with how much it is unless the name says so. */
export const rateName = (name: string, e5: number) => (name.includes('%') ? name : `${name} ${percent(e5)}`);

export function Totals({ order }: { order: Order }) {
  const { currency } = order;
  const rates = new Map(order.items.filter(line => line.tax_name).map(line => [rateName(line.tax_name ?? '', line.tax_rate_e5), 0]));
  const lines: [string, number, boolean][] = [
    [t.order.subtotal, order.items_total, true],
    [t.order.discount, -order.discount_total, order.discount_total !== 0],
    [order.shipping_method ? `${t.order.shipping} · ${order.shipping_method}` : t.order.shipping, order.shipping_total, order.shipping_method !== null || order.shipping_total > 0],
    [`${order.tax_included ? t.order.taxIncluded : t.order.tax}${rates.size === 1 ? ` · ${[...rates.keys()][0]}` : ''}`, order.tax_total, order.tax_total > 0],
  ];
  return (
    <dl class="totals">
      {lines.filter(([, , shown]) => shown).map(([name, amount]) => <div key={name}><dt>{name}</dt><dd>{money(amount, currency)}</dd></div>)}
      <div class="grand"><dt>{t.order.total}</dt><dd>{money(order.total_amount, currency)}</dd></div>
      {order.refunded_amount > 0 && <div><dt>{t.order.refundedAmount}</dt><dd>{money(-order.refunded_amount, currency)}</dd></div>}
    </dl>
  );
}

function Customer({ order }: { order: Order }) {
  return (
    <Section title={t.order.customer}>
      <Facts facts={[
        [t.email, order.email && <a href={href(`customers/${encodeURIComponent(order.email)}`)}>{order.email}</a>],
        [t.order.address, order.shipping_address ? <AddressLines address={order.shipping_address} /> : t.order.noAddress],
        [t.order.billing, order.billing_address && <AddressLines address={order.billing_address} />],
        [t.order.shippingMethod, order.shipping_method],
        [t.order.customerNote, order.note && <q class="said">{order.note}</q>],
      ]} />
    </Section>
  );
}

const payTones: Record<Schemas['OrderPayment']['status'], Tone> = { pending: 'wait', succeeded: 'good', failed: 'bad' };

function Payments({ desk }: { desk: DeskOrder }) {
  const { order, payments, paid_by_hand } = desk, given = order.refunded_amount;
  return (
    <Section title={t.order.payments}>
      {payments.length === 0 && !paid_by_hand && <p class="hint">{t.order.noPayment}</p>}
      {paid_by_hand && <p>{money(paid_by_hand.amount, paid_by_hand.currency)} · {t.order.paidByHand(paid_by_hand.note)}<br /><small class="soft"><Time at={paid_by_hand.created_at} /></small></p>}
      {paid_by_hand && <p class="hint">{t.order.refundHand}</p>}
      <ul class="plain-list">
        {payments.map(payment => (
          <li key={payment.id}>
            <div class="spread"><span>{money(payment.amount, payment.currency)}</span><Badge tone={payTones[payment.status]}>{t.order.paymentStatus[payment.status]}</Badge></div>
            <small class="soft">{payment.provider} · <Time at={payment.created_at} /></small>
            {payment.provider_payment_id && <small class="mono soft break">{payment.provider_payment_id}</small>}
            {payment.failure_message && <small class="wrong">{payment.failure_message}</small>}
            {payment.is_over && <small class="wrong">{t.order.paymentOver}</small>}
          </li>
        ))}
      </ul>
      {given > 0 && (
        <dl class="totals full">
          <div><dt>{t.order.status.paid}</dt><dd>{money(order.total_amount, order.currency)}</dd></div>
          <div><dt>{t.today.refunded}</dt><dd>{money(-given, order.currency)}</dd></div>
          <div class="grand"><dt>{t.order.kept}</dt><dd>{money(order.total_amount - given, order.currency)}</dd></div>
        </dl>
      )}
      <Refunds order={order} />
    </Section>
  );
}

const refundTones: Record<Schemas['RefundRead']['status'], Tone> = { pending: 'wait', succeeded: 'dull', failed: 'bad' };

/** The refunds of an order; an order without any is not asked about. */
export function useRefunds(order: Order) {
  const has = order.refunded_amount > 0 || order.timeline.some(({ kind }) => kind === 'partly_refunded' || kind === 'refunded' || kind === 'refund_failed');
  return useQuery(`${orderKey(order.id)}:refunds:${has ? order.timeline.length : 0}`, async () => (has ? api('get', '/orders/{order_id}/refunds', { path: { order_id: order.id } }) : []));
}

function Refunds({ order }: { order: Order }) {
  const query = useRefunds(order);
  if (!query.data?.length) return null;
  return (
    <>
      <h3>{t.order.refunds}</h3>
      <ul class="plain-list">
        {query.data.map(refund => (
          <li key={refund.id}>
            <div class="spread"><span>{money(refund.amount, refund.currency)}</span><Badge tone={refundTones[refund.status]}>{t.order.refundStatus[refund.status]}</Badge></div>
            <small class="soft"><Time at={refund.created_at} />{refund.reason && <> · {refund.reason}</>}</small>
            {refund.failure_message && <small class="wrong">{refund.failure_message}</small>}
          </li>
        ))}
      </ul>
    </>
  );
}

function PaidDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const form = useForm({ note: '' });
  const send = form.submit(async ({ note }, key) => {
    const body = note.trim() ? { payment_note: note.trim() } : {};
    await api('post', '/admin/orders/{order_id}/mark-paid', { path: { order_id: order.id }, body, key });
    onClose();
    say(t.order.markedPaid);
    void reread(order.id);
  });
  return (
    <Dialog title={t.order.markPaidTitle} onClose={onClose}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="note" label={t.order.markPaidNote} hint={t.order.markPaidNoteHint} maxLength={200} autofocus />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.order.markPaid} · {money(order.total_amount, order.currency)}</Button></footer>
      </form>
    </Dialog>
  );
}

/** A note shows at once, and goes away again if it was not kept. */
export function NoteForm({ order }: { order: Order }) {
  const form = useForm({ text: '' });
  const send = form.submit(async ({ text }, key) => {
    if (text.trim() === '') throw new FormError('text', t.errors.needed);
    const event: Schemas['OrderEvent'] = { at: new Date().toISOString(), kind: 'note', subject: null, amount: null, text: text.trim(), actor_kind: null, actor: null };
    form.reset({ text: '' });
    const kept = await act({
      apply: () => change<DeskOrder>(orderKey(order.id), desk => ({ ...desk, order: { ...desk.order, timeline: [...desk.order.timeline, event] } })),
      send: () => api('post', '/admin/orders/{order_id}/notes', { path: { order_id: order.id }, body: { text: text.trim() }, key }),
      failed: t.order.noteFailed, refresh: [orderKey(order.id)],
    });
    if (!kept) form.set({ text });
  });
  return (
    <form noValidate onSubmit={send} class="note-form">
      <Area form={form} name="text" label={t.order.note} hint={t.order.noteHint} rows={2} maxLength={2000} />
      <Button type="submit" busy={form.busy}>{t.order.addNote}</Button>
    </form>
  );
}
