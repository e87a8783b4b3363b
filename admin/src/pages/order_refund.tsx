/** Giving money back: what items cost, or an amount. The button says how much, and that is what is sent. */
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { amountOf, Check, FormAlert, FormError, Radios, Stepper, Text, useForm } from '../form.js';
import { money, moneySign, parseMoney, plainMoney } from '../format.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, Dialog } from '../ui.js';
import { MailOffHint } from './mail_off.js';
import { reread, type Order } from './order.js';
import type { Line } from './order_ship.js';

/** What k units of a line cost, as the server counts it (src/shop/payments/refunds/refund_plan.c): a share of the whole, to the nearest unit. */
function shareOf(order: Order, line: Line, k: number): number {
  const whole = BigInt(line.price_at_purchase) * BigInt(line.quantity) - BigInt(line.discount) + BigInt(order.tax_included ? 0 : line.tax);
  return Number((whole * BigInt(k) * 2n + BigInt(line.quantity)) / BigInt(line.quantity) / 2n);
}

const priceOf = (order: Order, line: Line, n: number) => shareOf(order, line, line.refunded_quantity + n) - shareOf(order, line, line.refunded_quantity);

export function RefundDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { currency } = order, left = order.total_amount - order.refunded_amount;
  const open = order.items.filter(line => line.refunded_quantity < line.quantity);
  const [counts, setCounts] = useState(new Map<number, number>());
  const form = useForm({ by: open.length > 0 ? 'items' : 'amount', amount: '', shipping: '', reason: '', restock: false, notify: true });
  const { by, shipping } = form.values;
  const shipped = parseMoney(shipping || '0', currency);
  const items = [...counts].filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ line, quantity }));
  const itemsCost = items.reduce((sum, { line, quantity }) => sum + priceOf(order, order.items.find(one => one.line === line)!, quantity), 0);
  const amount = by === 'items' ? itemsCost + (shipped || 0) : parseMoney(form.values.amount, currency);
  const wrong = form.values.amount.trim() === '' ? undefined : Number.isNaN(parseMoney(form.values.amount, currency)) ? t.errors.amount(plainMoney(1250, currency))
    : amount > left ? t.order.refundTooMuch(money(left, currency)) : undefined;

  const send = form.submit(async (values, key) => {
    if (by === 'amount' && wrong) throw new FormError('amount', wrong);
    const of = by === 'items'
      ? { items: items.map(item => (values.restock ? { ...item, restock: true } : item)), ...(values.shipping.trim() ? { shipping: amountOf('shipping', values.shipping, currency) } : {}) }
      : { amount: amountOf('amount', values.amount, currency) };
    if (!(amount > 0)) throw new FormError(by === 'items' ? 'items' : 'amount', t.errors.needed);
    const body: Schemas['RefundCreate'] = { ...of, ...(values.reason.trim() ? { reason: values.reason.trim() } : {}), notify: values.notify };
    const refund = await api('post', '/orders/{order_id}/refunds', { path: { order_id: order.id }, body, key });
    onClose();
    say(t.order.refunded(money(refund.amount, refund.currency)));
    void reread(order.id);
  });

  return (
    <Dialog title={`${t.order.refund} ${order.number}`} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          {open.length > 0 && <Radios form={form} name="by" label={t.order.refundBy} options={[['items', t.order.refundByItems], ['amount', t.order.refundByAmount]]} />}
          {by === 'items' ? (
            <>
              <ul class="lines">
                {open.map(line => (
                  <li key={line.line}>
                    <div class="line-name"><span>{line.name}</span><small class="soft">{money(line.price_at_purchase, currency)} · {t.order.refundUnits(line.quantity - line.refunded_quantity)}</small></div>
                    <Stepper label={line.name} min={0} max={line.quantity - line.refunded_quantity} value={counts.get(line.line) ?? 0} onChange={n => setCounts(new Map(counts).set(line.line, n))} />
                  </li>
                ))}
              </ul>
              {order.shipping_total > 0 && <Text form={form} name="shipping" label={t.order.refundShipping} hint={t.order.refundShippingHint(money(order.shipping_total, currency))} inputMode="decimal" placeholder={plainMoney(0, currency)} />}
              {open.some(line => line.shipped_quantity > 0) && <Check form={form} name="restock" label={t.order.restock} />}
            </>
          ) : (
            <>
              <Text form={{ ...form, errorOf: name => wrong ?? form.errorOf(name) }} name="amount" label={t.order.refundAmount} hint={t.order.refundLeft(money(left, currency))} inputMode="decimal" sign={moneySign(currency)} placeholder={plainMoney(left, currency)} />
              <div class="actions"><Button onClick={() => form.set({ amount: plainMoney(left, currency) })}>{t.order.refundAll} · {money(left, currency)}</Button></div>
            </>
          )}
          <Text form={form} name="reason" label={t.order.refundReason} hint={t.order.refundReasonHint} maxLength={500} />
          {order.email !== null && <Check form={form} name="notify" label={t.order.notify} hint={<>{order.email}<MailOffHint /></>} />}
          <FormAlert form={form} />
        </div>
        <footer>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" look="primary" busy={form.busy}>{amount > 0 ? t.order.refundOf(money(amount, currency)) : t.order.refund}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
