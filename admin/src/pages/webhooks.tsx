/** Webhooks: where events go, what became of each, and its secret, which is shown once. */
import { useState } from 'preact/hooks';
import { api, ApiError, apiPage, type Schemas } from '../api.js';
import { FormAlert, FormError, Radios, Text, useForm, wholeOf } from '../form.js';
import { go, href } from '../router.js';
import { change, refresh, useList, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, say } from '../toasts.js';
import { Badge, Button, Confirm, Copyable, Dialog, Empty, ListTable, Loaded, PageFrame, Section, Table, Time, Trouble, type Column, type Tone } from '../ui.js';
import { ManyChecks } from './settings.js';

type Webhook = Schemas['WebhookRead'];
type Delivery = Schemas['DeliveryRead'];
type EventType = Webhook['types'][number];

const list_key = 'webhooks:list';
const readAll = () => api('get', '/admin/webhooks');

export function WebhookPages({ rest: [id] }: { rest: string[] }) {
  return id === undefined ? <WebhookList /> : <WebhookPage id={id} />;
}

const StateBadge = ({ webhook }: { webhook: Webhook }) => <Badge tone={webhook.is_active ? 'good' : webhook.disabled_reason ? 'bad' : 'dull'}>{webhook.is_active ? t.on : webhook.disabled_reason ? t.webhooks.switchedOff : t.off}</Badge>;
const typesInWords = ({ types }: Webhook) => (types.includes('*') ? t.webhooks.all : types.length > 3 ? t.countries.andMore(types.slice(0, 3).join(', '), types.length - 3) : types.join(', '));

function WebhookList() {
  const query = useQuery(list_key, readAll);
  const [isNew, setNew] = useState(false);
  const columns: Column<Webhook>[] = [
    { head: t.webhooks.url, kind: 'wide', phone: 'first', cell: row => <a class="strong cut" data-open href={href(`webhooks/${row.id}`)}>{row.url}</a> },
    { head: t.webhooks.types, phone: 'line', cell: row => <span class="soft">{typesInWords(row)}</span> },
    { head: t.status, kind: 'tight', phone: 'aside', cell: row => <StateBadge webhook={row} /> },
  ];
  return (
    <PageFrame title={t.webhooks.title} actions={<Button look="primary" icon="plus" data-key="n" onClick={() => setNew(true)}>{t.webhooks.new}</Button>}>
      <p class="hint under">{t.webhooks.hint}</p>
      <Loaded query={query}>
        {rows => (rows.length === 0
          ? <Empty icon="webhooks" title={t.webhooks.none} action={<Button look="primary" onClick={() => setNew(true)}>{t.webhooks.new}</Button>}>{t.webhooks.noneHint}</Empty>
          : <Table label={t.webhooks.title} columns={columns} rows={rows} idOf={row => row.id} />)}
      </Loaded>
      {isNew && <WebhookDialog onClose={() => setNew(false)} />}
    </PageFrame>
  );
}

const event_types: Exclude<EventType, '*'>[] = [
  'order.created', 'order.paid', 'order.shipped', 'order.delivered', 'order.cancelled', 'order.expired', 'order.refunded', 'refund.succeeded',
  'product.created', 'product.updated', 'product.deleted', 'product.low_stock', 'product.back_in_stock',
];

function WebhookDialog({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const form = useForm({ url: webhook?.url ?? '', all: !webhook || webhook.types.includes('*') ? 'all' : 'some', types: (webhook?.types ?? []).filter(type => type !== '*') });
  const [secret, setSecret] = useState<string | null>(null);
  const send = form.submit(async ({ url, all, types }) => {
    if (url.trim() === '') throw new FormError('url', t.errors.needed);
    if (all === 'some' && types.length === 0) throw new FormError('types', t.webhooks.chooseOne);
    const body = { url: url.trim(), types: all === 'all' ? ['*' as const] : types };
    if (webhook) {
      await api('patch', '/admin/webhooks/{webhook_id}', { path: { webhook_id: webhook.id }, body });
      onClose();
      say(t.saved);
    } else {
      setSecret((await api('post', '/admin/webhooks', { body })).secret);
    }
    void refresh('webhooks:');
  });
  if (secret) return <SecretDialog secret={secret} onClose={onClose} />;
  return (
    <Dialog title={webhook ? t.webhooks.edit : t.webhooks.new} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="url" label={t.webhooks.url} hint={t.webhooks.urlHint} type="url" maxLength={1000} autofocus spellcheck={false} />
          <Radios form={form} name="all" label={t.webhooks.types} options={[['all', t.webhooks.all, t.webhooks.allHint], ['some', t.webhooks.some]]} />
          {form.values.all === 'some' && <ManyChecks label={t.webhooks.some} options={event_types.map((type): [EventType, string, string] => [type, type, t.webhooks.events[type]])} chosen={form.values.types as EventType[]} onChange={types => form.set({ types: types as typeof form.values.types })} />}
          {form.errorOf('types') && <p class="wrong">{form.errorOf('types')}</p>}
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.save}</Button></footer>
      </form>
    </Dialog>
  );
}

const SecretDialog = ({ secret, onClose }: { secret: string; onClose: () => void }) => (
  <Dialog title={t.webhooks.secret} onClose={onClose} keep>
    <div class="dialog-body stack"><p>{t.webhooks.secretHint}</p><Copyable label={t.webhooks.secret} text={secret} /></div>
    <footer><Button look="primary" onClick={onClose}>{t.done}</Button></footer>
  </Dialog>
);

const states: Record<Delivery['state'], Tone> = { queued: 'wait', sent: 'good', failed: 'bad', dropped: 'dull' };

const deliveryColumns: Column<Delivery>[] = [
  { head: t.webhooks.event, kind: 'wide', phone: 'first', cell: row => <><span class="strong">{row.type}</span><small class="soft block mono">{row.sequence}</small></> },
  { head: t.webhooks.tries, kind: 'number', phone: 'off', cell: row => row.attempts },
  { head: t.webhooks.answer, phone: 'line', cell: row => <Answer row={row} /> },
  { head: t.status, kind: 'tight', phone: 'aside', cell: row => <Badge tone={states[row.state]}>{t.webhooks.states[row.state]}</Badge> },
  { head: t.date, kind: 'tight', phone: 'left', cell: row => <span class="soft"><Time at={row.created_at} /></span> },
];

function Answer({ row }: { row: Delivery }) {
  const short = [row.last_status, row.last_error].filter(Boolean).join(' ');
  if (!row.answer) return <span class="soft break">{short || '–'}</span>;
  return <details><summary>{short}</summary><pre class="answer">{row.answer}</pre></details>;
}

type Open = 'edit' | 'rotate' | 'delete' | 'replay' | null;

function WebhookPage({ id }: { id: string }) {
  const query = useQuery(list_key, readAll);
  const list = useList(`webhooks:${id}`, after => apiPage('/admin/webhooks/{webhook_id}/deliveries', { path: { webhook_id: id } }, after, 'offset'));
  const [open, setOpen] = useState<Open>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const webhook = query.data?.find(one => one.id === id), path = { webhook_id: id }, close = () => setOpen(null);
  const back = { href: '#/webhooks', text: t.webhooks.title };
  if (!webhook) return <PageFrame title={t.webhooks.one} back={back}>{query.data ? <Trouble error={new ApiError(404, '')} /> : <Loaded query={query}>{() => null}</Loaded>}</PageFrame>;

  const test = () => act({ send: () => api('post', '/admin/webhooks/{webhook_id}/test', { path }), done: t.webhooks.tested, failed: t.webhooks.testFailed, refresh: [`webhooks:${id}`] });
  const turn = (is_active: boolean) => act({
    apply: () => change<Webhook[]>(list_key, all => all.map(one => (one.id === id ? { ...one, is_active } : one))),
    send: () => api('patch', '/admin/webhooks/{webhook_id}', { path, body: { is_active } }),
    done: is_active ? t.webhooks.turnedOn : t.webhooks.turnedOff, failed: t.notSaved, refresh: ['webhooks:'],
  });
  const rotate = async () => setSecret((await act({ send: () => api('post', '/admin/webhooks/{webhook_id}/rotate', { path }), failed: t.notSaved }))?.secret ?? null);
  const remove = async () => { await act({ send: () => api('delete', '/admin/webhooks/{webhook_id}', { path }), done: t.removed(webhook.url), failed: t.notRemoved, refresh: ['webhooks:'] }); go('webhooks'); };

  return (
    <PageFrame title={webhook.url} back={back} badge={<StateBadge webhook={webhook} />} under={typesInWords(webhook)} actions={<>
      <Button look="primary" onClick={() => void test()}>{t.webhooks.test}</Button>
      <Button data-key="e" onClick={() => setOpen('edit')}>{t.edit}</Button>
      <Button onClick={() => setOpen('replay')}>{t.webhooks.replay}</Button>
      <Button onClick={() => setOpen('rotate')}>{t.webhooks.rotate}</Button>
      <Button onClick={() => void turn(!webhook.is_active)}>{webhook.is_active ? t.webhooks.turnOff : t.webhooks.turnOn}</Button>
      <Button look="quiet" onClick={() => setOpen('delete')}>{t.remove}</Button>
    </>}>
      {webhook.disabled_reason && <p class="alert">{t.webhooks.disabledBecause}: {webhook.disabled_reason}</p>}
      <Section title={t.webhooks.deliveries} actions={<Button look="quiet" onClick={() => void list.reload()}>{t.refresh}</Button>}>
        <ListTable label={t.webhooks.deliveries} list={list} columns={deliveryColumns} idOf={row => `${row.event_id}${row.sequence}`}
          empty={<Empty icon="webhooks" title={t.webhooks.noDeliveries}>{t.webhooks.noDeliveriesHint}</Empty>} />
      </Section>
      {open === 'edit' && <WebhookDialog webhook={webhook} onClose={close} />}
      {open === 'replay' && <ReplayDialog id={id} onClose={close} />}
      {open === 'rotate' && <Confirm title={t.webhooks.rotateTitle} action={t.webhooks.rotate} onClose={close} run={rotate}>{t.webhooks.rotateHint}</Confirm>}
      {open === 'delete' && <Confirm title={t.webhooks.removeTitle} action={t.remove} onClose={close} run={remove}>{t.webhooks.removeHint}</Confirm>}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </PageFrame>
  );
}

function ReplayDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const form = useForm({ from: '' });
  const send = form.submit(async ({ from }) => {
    const { queued } = await api('post', '/admin/webhooks/{webhook_id}/replay', { path: { webhook_id: id }, body: { from_sequence: wholeOf('from_sequence', from) ?? 0 } });
    onClose();
    say(t.webhooks.replayed(queued));
    void refresh(`webhooks:${id}`);
  });
  return (
    <Dialog title={t.webhooks.replay} onClose={onClose}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <p>{t.webhooks.replayHint}</p>
          <Text form={{ ...form, errorOf: () => form.errorOf('from_sequence') }} name="from" label={t.webhooks.from} hint={t.webhooks.fromHint} inputMode="numeric" maxLength={16} autofocus />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.webhooks.replay}</Button></footer>
      </form>
    </Dialog>
  );
}
