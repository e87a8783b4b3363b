/** Keys for programs. A key is shown once. */
import { useState } from 'preact/hooks';
import { api, apiPage, type Schemas } from '../api.js';
import { FormAlert, FormError, Radios, Text, useForm, wholeOf } from '../form.js';
import { refresh, useList } from '../store.js';
import { t } from '../texts.js';
import { act } from '../toasts.js';
import { Badge, Button, Confirm, Copyable, Dialog, Empty, ListTable, PageFrame, Time, type Column } from '../ui.js';
import { ManyChecks } from './settings.js';
import { useSession, type Scope } from '../session.js';

type Key = Schemas['KeyRead'];

const isOver = (key: Key) => key.expires_at !== null && new Date(key.expires_at) < new Date();

function StateBadge({ row }: { row: Key }) {
  if (row.revoked_at) return <Badge tone="dull">{t.keys.revoked}</Badge>;
  return isOver(row) ? <Badge tone="dull">{t.keys.over}</Badge> : <Badge tone="good">{t.keys.valid}</Badge>;
}

export function KeysPage() {
  const list = useList('keys:list', after => apiPage('/admin/keys', {}, after, 'offset'));
  const [isNew, setNew] = useState(false);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const columns: Column<Key>[] = [
    { head: t.name, phone: 'first', kind: 'wide', cell: row => <><span class="strong">{row.name}</span><small class="soft block mono">till_sk_{row.prefix}…</small></> },
    { head: t.keys.may, phone: 'line', cell: row => <span title={row.scopes.join(', ')}>{mayInWords(row)}</span> },
    { head: t.keys.lastUsed, phone: 'left', cell: row => <span class="soft">{row.last_used_at ? <Time at={row.last_used_at} /> : t.never}</span> },
    { head: t.keys.expires, phone: 'off', cell: row => <span class="soft">{row.expires_at ? <Time at={row.expires_at} /> : t.keys.noExpiry}</span> },
    { head: t.status, kind: 'tight', phone: 'aside', cell: row => <StateBadge row={row} /> },
    { head: t.actions, hideHead: true, kind: 'tight', phone: 'right', cell: row => !row.revoked_at && <Button look="quiet" data-key="e" aria-label={t.keys.revokeOf(row.name)} onClick={() => setRevoked(row)}>{t.keys.revoke}</Button> },
  ];
  const revoke = () => act({
    send: () => api('delete', '/admin/keys/{key_id}', { path: { key_id: revoked!.id } }),
    done: t.keys.wasRevoked(revoked!.name), failed: t.notSaved, refresh: ['keys:'],
  });
  return (
    <PageFrame title={t.keys.title} actions={<Button look="primary" icon="plus" data-key="n" onClick={() => setNew(true)}>{t.keys.new}</Button>}>
      <p class="hint under">{t.keys.hint}</p>
      <ListTable label={t.keys.title} list={list} columns={columns} idOf={row => row.id}
        empty={<Empty icon="keys" title={t.keys.none} action={<Button look="primary" onClick={() => setNew(true)}>{t.keys.new}</Button>}>{t.keys.noneHint}</Empty>} />
      {isNew && <KeyDialog onClose={() => setNew(false)} />}
      {revoked && <Confirm title={t.keys.revokeTitle(revoked.name)} action={t.keys.revoke} onClose={() => setRevoked(null)} run={revoke}>{t.keys.revokeHint}</Confirm>}
    </PageFrame>
  );
}

const read_only: Scope[] = ['products:read', 'orders:read', 'customers:read'];

function mayInWords(key: Key): string {
  if (key.role !== 'custom') return t.roles[key.role];
  return [...key.scopes].sort().join() === [...read_only].sort().join() ? t.keys.readOnly : key.scopes.join(', ');
}

type Role = keyof typeof t.roles;

function KeyDialog({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const form = useForm({ name: '', may: 'read', scopes: [] as Scope[], days: '' });
  const [made, setMade] = useState<Schemas['KeyCreated'] | null>(null);
  const { may } = form.values;
  const send = form.submit(async values => {
    if (values.name.trim() === '') throw new FormError('name', t.errors.needed);
    if (may === 'custom' && values.scopes.length === 0) throw new FormError('scopes', t.keys.chooseOne);
    const days = wholeOf('expires_in_days', values.days);
    const of = may === 'read' ? { scopes: read_only.filter(scope => me.scopes.includes(scope)) } : may === 'custom' ? { scopes: values.scopes } : { role: may as Role };
    setMade(await api('post', '/admin/keys', { body: { name: values.name.trim(), ...of, ...(days === null ? {} : { expires_in_days: days }) } }));
    void refresh('keys:');
  });
  if (made) {
    return (
      <Dialog title={t.keys.made(made.name)} onClose={onClose} keep>
        <div class="dialog-body stack"><p>{t.keys.onceHint}</p><Copyable label={t.keys.key} text={made.key} /></div>
        <footer><Button look="primary" onClick={onClose}>{t.done}</Button></footer>
      </Dialog>
    );
  }
  const roles = Object.keys(t.roles) as Role[];
  return (
    <Dialog title={t.keys.new} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="name" label={t.name} hint={t.keys.nameHint} maxLength={100} autofocus />
          <Radios form={form} name="may" label={t.keys.may} options={[
            ['read', t.keys.readOnly, t.keys.readOnlyHint], ...roles.map((role): [string, string, string] => [role, t.roles[role], t.roleHints[role]]), ['custom', t.keys.custom, t.keys.customHint],
          ]} />
          {may === 'custom' && <ManyChecks label={t.keys.scopes} options={me.scopes.map((scope): [Scope, string] => [scope, scope])} chosen={form.values.scopes} onChange={scopes => form.set({ scopes })} />}
          {form.errorOf('scopes') && <p class="wrong">{form.errorOf('scopes')}</p>}
          <Text form={{ ...form, errorOf: () => form.errorOf('expires_in_days') }} name="days" label={t.keys.days} hint={t.keys.daysHint} inputMode="numeric" maxLength={4} placeholder={t.optional} />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.keys.make}</Button></footer>
      </form>
    </Dialog>
  );
}
