/** One's own account: password, second factor, and where one is signed in. */
import { useMemo, useState } from 'preact/hooks';
import { encode } from 'uqr';
import { api, type Schemas } from '../api.js';
import { FormAlert, FormError, Text, useForm } from '../form.js';
import { useSession } from '../session.js';
import { change, refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, reasonOf, say, sayError } from '../toasts.js';
import { Badge, Button, Copyable, Dialog, Empty, Facts, Loaded, PageFrame, Section, Table, Time, type Column } from '../ui.js';

export function AccountPage() {
  const { me } = useSession();
  if (me.kind !== 'staff') return <PageFrame title={t.account.title}><Empty icon="account" title={t.nav.ownerToken}>{t.account.tokenHint}</Empty></PageFrame>;
  return (
    <PageFrame title={t.account.title} narrow>
      <Facts facts={[[t.name, me.name], [t.email, me.email], [t.staff.role, me.role === 'custom' ? me.scopes.join(', ') : t.roles[me.role]]]} />
      <SecondFactor />
      <PasswordForm />
      <Sessions />
    </PageFrame>
  );
}

function PasswordForm() {
  const form = useForm({ current_password: '', new_password: '' });
  const send = form.submit(async values => {
    await api('post', '/staff/password', { body: values });
    form.reset({ current_password: '', new_password: '' });
    say(t.account.passwordChanged);
    void refresh('sessions');
  });
  return (
    <Section title={t.account.password}>
      <form noValidate onSubmit={send} class="stack">
        <Text form={form} name="current_password" label={t.account.current} type="password" autocomplete="current-password" maxLength={256} />
        <Text form={form} name="new_password" label={t.account.next} hint={t.account.nextHint} type="password" autocomplete="new-password" maxLength={256} />
        <FormAlert form={form} />
        <div class="actions"><Button type="submit" busy={form.busy}>{t.account.changePassword}</Button></div>
      </form>
    </Section>
  );
}

/** A QR code, drawn as one path: the policy allows no image of a data URL. */
function QrCode({ text }: { text: string }) {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(text, { border: 2 });
    return { size, path: data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('') };
  }, [text]);
  return <svg class="qr" viewBox={`0 0 ${size} ${size}`} width="200" height="200" role="img" aria-label={t.account.qr}><path d={path} /></svg>;
}

/** Sets up a code of an app beside the password, or ends it. Whether there is one is known from the staff's list alone, so both are offered. */
export function SecondFactor({ done }: { done?: () => void }) {
  const [begun, setBegun] = useState<Schemas['SecondFactorBegun'] | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [ends, setEnds] = useState(false);
  const begin = () => api('post', '/staff/totp').then(setBegun, (error: unknown) => sayError(`${t.account.notBegun}: ${reasonOf(error)}`));
  return (
    <Section title={t.account.secondFactor} hint={t.account.secondFactorHint}>
      <div class="actions">
        <Button look={done ? 'primary' : 'plain'} onClick={() => void begin()}>{t.account.begin}</Button>
        {!done && <Button look="quiet" onClick={() => setEnds(true)}>{t.account.end}</Button>}
      </div>
      {begun && <ConfirmFactor begun={begun} onClose={() => setBegun(null)} onDone={made => { setBegun(null); setCodes(made); }} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => { setCodes(null); done?.(); }} />}
      {ends && <EndFactor onClose={() => setEnds(false)} />}
    </Section>
  );
}

function ConfirmFactor({ begun, onClose, onDone }: { begun: Schemas['SecondFactorBegun']; onClose: () => void; onDone: (codes: string[]) => void }) {
  const form = useForm({ code: '' });
  const send = form.submit(async ({ code }) => {
    if (code.trim() === '') throw new FormError('code', t.errors.needed);
    onDone((await api('post', '/staff/totp/confirm', { body: { code: code.trim() } })).recovery_codes);
  });
  return (
    <Dialog title={t.account.secondFactor} onClose={onClose} keep>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <p>{t.account.scan}</p>
          <QrCode text={begun.uri} />
          <Copyable label={t.account.secret} text={begun.secret} />
          <Text form={form} name="code" label={t.account.code} autocomplete="one-time-code" inputMode="numeric" maxLength={10} autofocus />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.account.confirm}</Button></footer>
      </form>
    </Dialog>
  );
}

const RecoveryCodes = ({ codes, onClose }: { codes: string[]; onClose: () => void }) => (
  <Dialog title={t.account.recovery} onClose={onClose} keep>
    <div class="dialog-body stack"><p>{t.account.recoveryHint}</p><pre class="answer">{codes.join('\n')}</pre><Copyable label={t.account.recovery} text={codes.join(' ')} /></div>
    <footer><Button look="primary" onClick={onClose}>{t.account.kept}</Button></footer>
  </Dialog>
);

function EndFactor({ onClose }: { onClose: () => void }) {
  const form = useForm({ code: '' });
  const send = form.submit(async ({ code }) => {
    await api('delete', '/staff/totp', { body: { code: code.trim() } });
    onClose();
    say(t.account.ended);
  });
  return (
    <Dialog title={t.account.end} onClose={onClose}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack"><Text form={form} name="code" label={t.signIn.code} hint={t.signIn.codeHint} autocomplete="one-time-code" autofocus /><FormAlert form={form} /></div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="danger" busy={form.busy}>{t.account.end}</Button></footer>
      </form>
    </Dialog>
  );
}

type SessionRow = Schemas['StaffSession'];

function Sessions() {
  const query = useQuery('sessions', () => api('get', '/staff/sessions'));
  const end = (row: SessionRow) => act({
    apply: () => change<SessionRow[]>('sessions', rows => rows.filter(one => one.id !== row.id)),
    send: () => api('delete', '/staff/sessions/{session_id}', { path: { session_id: row.id } }), failed: t.notSaved, refresh: ['sessions'], row: row.id,
  });
  const columns: Column<SessionRow>[] = [
    { head: t.account.browser, kind: 'wide', phone: 'first', cell: row => <span class="break">{browserOf(row.user_agent)} {row.is_current && <Badge tone="good">{t.account.thisOne}</Badge>}</span> },
    { head: t.audit.network, phone: 'left', cell: row => <span class="soft">{row.network}</span> },
    { head: t.keys.lastUsed, kind: 'tight', phone: 'right', cell: row => <span class="soft"><Time at={row.used_at} /></span> },
    { head: t.actions, hideHead: true, kind: 'tight', phone: 'aside', cell: row => !row.is_current && <Button look="quiet" onClick={() => void end(row)}>{t.account.endSession}</Button> },
  ];
  return <Section title={t.account.sessions}><Loaded query={query}>{rows => <Table label={t.account.sessions} columns={columns} rows={rows} idOf={row => row.id} />}</Loaded></Section>;
}

/** `Firefox, Linux`, of what a browser calls itself. */
function browserOf(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari|curl)\//.exec(agent)?.[1] ?? agent.slice(0, 60);
  const system = /(Android|iPhone|iPad|Windows|Mac OS|Linux)/.exec(agent)?.[1];
  return [{ Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser, system].filter(Boolean).join(', ') || '–';
}
