/** Mails: what was sent, what was not and why, and what is in each. */
import { useState } from 'preact/hooks';
import { api, apiPage, type Schemas } from '../api.js';
import { FormAlert, FormError, Text, useForm } from '../form.js';
import { href, usePlace } from '../router.js';
import { changeRows, refresh, useList, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, say, sayError } from '../toasts.js';
import { Badge, Button, Dialog, Empty, Facts, ListTable, Loaded, PageFrame, SearchBox, Section, Tabs, Time, type Column, type Tone } from '../ui.js';
import { useCan } from '../session.js';
import { MailOffBox, useSendsMail } from './mail_off.js';

export type Mail = Schemas['MailRead'];
type State = 'all' | Mail['state'];

const tones: Record<Mail['state'], Tone> = { held: 'wait', queued: 'info', sent: 'good', failed: 'bad' };
export const StateBadge = ({ state }: { state: Mail['state'] }) => <Badge tone={tones[state]}>{t.mails.states[state]}</Badge>;
const states = ['all', 'sent', 'queued', 'held', 'failed'] as const;

export function MailPages({ rest: [id] }: { rest: string[] }) {
  return id === undefined ? <MailList /> : <MailPage id={id} />;
}

const columns: Column<Mail>[] = [
  { head: t.mails.subject, kind: 'wide', phone: 'first', cell: row => <a class="strong cut" data-open href={href(`mails/${row.id}`)}>{row.subject}</a> },
  { head: t.mails.to, phone: 'left', cell: row => <span class="cut">{row.to}</span> },
  { head: t.mails.kind, kind: 'tight', phone: 'off', cell: row => <span class="soft">{t.mails.kinds[row.kind] ?? row.kind}</span> },
  { head: t.status, kind: 'tight', phone: 'aside', cell: row => <StateBadge state={row.state} /> },
  { head: t.date, kind: 'tight', phone: 'right', cell: row => <span class="soft"><Time at={row.created_at} /></span> },
];

function MailList() {
  const { query } = usePlace(), state = (query.get('state') ?? 'all') as State, q = query.get('q') ?? '';
  const list = useList(`mails:list:${state}:${q}`, after => apiPage('/admin/mails', { query: { state, ...(q.length < 2 ? {} : { q }) } }, after, 'offset'));
  const sends = useSendsMail();
  const [tests, setTests] = useState(false);
  return (
    <PageFrame title={t.mails.title} actions={<Button look="primary" data-key="n" onClick={() => setTests(true)}>{t.mails.test}</Button>}>
      <Tabs label={t.status} tabs={states.map(one => [one, one === 'all' ? t.all : t.mails.states[one]])} current={state} hrefOf={one => href('mails', { ...Object.fromEntries(query), state: one === 'all' ? '' : one })} />
      {sends === false && <MailOffBox />}
      {sends && list.data?.rows.some(row => row.state === 'held') && <p class="hint under">{t.mails.heldHint}</p>}
      <div class="filters"><SearchBox label={t.mails.search} /></div>
      <ListTable label={t.mails.title} list={list} columns={columns} idOf={row => row.id}
        empty={q !== '' ? <Empty icon="search" title={t.mails.noneOf}>{t.mails.noneFoundHint}</Empty>
          : <Empty icon="mails" title={state === 'all' ? t.mails.none : t.mails.noneOf}>{state === 'all' ? t.mails.noneHint : null}</Empty>} />
      {tests && <TestDialog onClose={() => setTests(false)} />}
    </PageFrame>
  );
}

function TestDialog({ onClose }: { onClose: () => void }) {
  const form = useForm({ to: '' });
  const send = form.submit(async ({ to }) => {
    if (to.trim() === '') throw new FormError('to', t.errors.needed);
    const mail = await api('post', '/admin/mails/test', { body: { to: to.trim() } });
    onClose();
    if (mail.state === 'failed' || mail.last_error) sayError(`${t.mails.testFailed}: ${mail.last_error}`);
    else say(`${t.mails.tested}: ${t.mails.states[mail.state]}`);
    void refresh('mails:');
  });
  return (
    <Dialog title={t.mails.test} onClose={onClose}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="to" label={t.email} hint={t.mails.testHint} type="email" maxLength={254} autofocus />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.mails.send}</Button></footer>
      </form>
    </Dialog>
  );
}

/** The order that a mail is about: its number is in the subject. */
function OrderLink({ mail }: { mail: Mail }) {
  const can = useCan(), number = numberIn(mail.subject);
  const order = useQuery(`orders:number:${number ?? ''}`, async () =>
    (number !== null && can('orders:read') ? (await apiPage('/admin/orders', { query: { q: number, limit: 5 } })).rows.find(row => row.number === number) ?? null : null)).data;
  return order ? <a class="mono" href={href(`orders/${order.id}`)}>{order.number}</a> : <>{number ?? '–'}</>;
}

const numberIn = (subject: string) => /\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/.exec(subject)?.[0] ?? null;

function MailPage({ id }: { id: string }) {
  const query = useQuery(`mail:${id}`, () => api('get', '/admin/mails/{mail_id}', { path: { mail_id: id } }));
  const mail = query.data, sends = useSendsMail(), back = { href: '#/mails', text: t.mails.title };
  if (!mail) return <PageFrame title={t.mails.one} back={back}><Loaded query={query}>{() => null}</Loaded></PageFrame>;
  const retry = () => act({
    apply: () => changeRows<Mail>('mails:', [id], row => ({ ...row, state: 'queued' })),
    send: () => api('post', '/admin/mails/{mail_id}/retry', { path: { mail_id: id } }), done: t.mails.retried, failed: t.mails.notRetried, refresh: ['mails:', 'mail:'],
  });
  const waits = mail.state === 'held' || mail.state === 'failed' || (mail.state === 'queued' && mail.attempts > 0);
  return (
    <PageFrame title={mail.subject} back={back} badge={<StateBadge state={mail.state} />} narrow actions={waits && sends !== false && <Button look="primary" data-key="e" onClick={() => void retry()}>{mail.attempts > 0 ? t.mails.retry : t.mails.sendNow}</Button>}>
      {mail.state === 'held' && sends === false && <p class="hint under">{t.mails.heldNow} <a href={href('mails')}>{t.mails.howOn}</a></p>}
      {mail.last_error && <p class="alert">{mail.last_error}</p>}
      <Facts facts={[
        [t.mails.to, mail.to], [t.order.number, <OrderLink mail={mail} />], [t.mails.kind, t.mails.kinds[mail.kind] ?? mail.kind], [t.mails.written, <Time at={mail.created_at} />],
        [t.mails.sentAt, mail.state === 'sent' && mail.done_at && <Time at={mail.done_at} />], [t.mails.due, mail.due_at && <Time at={mail.due_at} />], [t.webhooks.tries, mail.attempts || ''],
      ]} />
      <Section title={t.mails.text}>
        {mail.text ? <pre class="letter">{mail.text}</pre> : <p class="hint">{t.mails.noText}</p>}
      </Section>
    </PageFrame>
  );
}
