/** Who works here: invitations, roles, and shutting somebody out. */
import { useState } from 'preact/hooks';
import { api, apiPage, type Schemas } from '../api.js';
import { FormAlert, FormError, Radios, Text, useForm } from '../form.js';
import { dateOnly } from '../format.js';
import { useSession } from '../session.js';
import { changeRows, refresh, useList } from '../store.js';
import { t } from '../texts.js';
import { act, say } from '../toasts.js';
import { Badge, Button, Copyable, Dialog, Empty, ListTable, PageFrame, type Column, type Tone } from '../ui.js';

type Member = Schemas['StaffRead'];
type Role = Member['role'];

const tones: Record<Member['status'], Tone> = { active: 'good', invited: 'wait', disabled: 'dull' };
const roles = Object.keys(t.roles) as Role[];
const roleOptions = roles.map((role): [string, string, string] => [role, t.roles[role], t.roleHints[role]]);

export function StaffPage() {
  const list = useList('staff:list', after => apiPage('/admin/staff', {}, after, 'offset'));
  const [edited, edit] = useState<Member | 'new' | null>(null);
  const columns: Column<Member>[] = [
    { head: t.name, phone: 'first', kind: 'wide', cell: member => <><button type="button" class="link strong" data-open data-key="e" onClick={() => edit(member)}>{member.name}</button><small class="soft cut">{member.email}</small></> },
    { head: t.staff.role, phone: 'left', cell: member => t.roles[member.role] },
    { head: t.staff.secondFactor, phone: 'off', cell: member => (member.has_second_factor ? t.yes : <span class="soft">{t.no}</span>) },
    { head: t.status, kind: 'tight', phone: 'aside', cell: member => <Badge tone={tones[member.status]}>{t.staff.statuses[member.status]}</Badge> },
  ];
  return (
    <PageFrame title={t.staff.title} actions={<Button look="primary" icon="plus" data-key="n" onClick={() => edit('new')}>{t.staff.invite}</Button>}>
      <p class="hint under">{t.staff.hint}</p>
      <ListTable label={t.staff.title} list={list} columns={columns} idOf={member => member.id}
        empty={<Empty icon="staff" title={t.staff.none} action={<Button look="primary" onClick={() => edit('new')}>{t.staff.invite}</Button>}>{t.staff.noneHint}</Empty>} />
      {edited === 'new' && <InviteDialog onClose={() => edit(null)} />}
      {edited && edited !== 'new' && <MemberDialog member={edited} onClose={() => edit(null)} />}
    </PageFrame>
  );
}

/** The link is a path of this server, if the shop does not know where its desk is. */
const linkOf = (url: string) => (url.startsWith('/') ? location.origin + url : url);

function InviteDialog({ member, onClose }: { member?: Member; onClose: () => void }) {
  const form = useForm<{ email: string; name: string; role: string }>({ email: member?.email ?? '', name: member?.name ?? '', role: member?.role ?? 'fulfilment' });
  const [made, setMade] = useState<Schemas['StaffInvited'] | null>(null);
  const send = form.submit(async ({ email, name, role }) => {
    if (email.trim() === '') throw new FormError('email', t.errors.needed);
    if (name.trim() === '') throw new FormError('name', t.errors.needed);
    setMade(await api('post', '/admin/staff', { body: { email: email.trim(), name: name.trim(), role: role as Role } }));
    void refresh('staff:');
  });
  if (made) {
    return (
      <Dialog title={t.staff.invited(made.name)} onClose={onClose} keep>
        <div class="dialog-body stack">
          <p>{t.staff.linkHint(dateOnly(made.invite_expires_at))}</p>
          <Copyable label={t.staff.link} text={linkOf(made.invite_url)} />
        </div>
        <footer><Button look="primary" onClick={onClose}>{t.done}</Button></footer>
      </Dialog>
    );
  }
  return (
    <Dialog title={t.staff.invite} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <Text form={form} name="email" label={t.email} type="email" maxLength={254} autofocus />
          <Text form={form} name="name" label={t.name} maxLength={100} />
          <Radios form={form} name="role" label={t.staff.role} options={roleOptions} />
          <FormAlert form={form} />
        </div>
        <footer><Button onClick={onClose}>{t.cancel}</Button><Button type="submit" look="primary" busy={form.busy}>{t.staff.invite}</Button></footer>
      </form>
    </Dialog>
  );
}

const setStatus = (member: Member, status: 'active' | 'disabled') => act({
  apply: () => changeRows<Member>('staff:list', [member.id], row => ({ ...row, status })),
  send: () => api('patch', '/admin/staff/{staff_id}', { path: { staff_id: member.id }, body: { status } }),
  done: status === 'disabled' ? t.staff.disabled(member.name) : t.staff.enabled(member.name), failed: t.notSaved, refresh: ['staff:'], row: member.id,
});

function MemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { me } = useSession();
  const form = useForm<{ name: string; role: string }>({ name: member.name, role: member.role });
  const [again, setAgain] = useState(false);
  const send = form.submit(async ({ name, role }) => {
    await api('patch', '/admin/staff/{staff_id}', { path: { staff_id: member.id }, body: { name: name.trim(), role: role as Role } });
    onClose();
    say(t.saved);
    void refresh('staff:');
  });
  if (again) return <InviteDialog member={member} onClose={onClose} />;
  const isOff = member.status === 'disabled';
  return (
    <Dialog title={member.name} onClose={onClose} keep={form.isChanged}>
      <form noValidate onSubmit={send}>
        <div class="dialog-body stack">
          <p class="soft">{member.email}</p>
          {member.status === 'invited' && <p class="hint">{t.staff.invitedHint} <button type="button" class="link" onClick={() => setAgain(true)}>{t.staff.inviteAgain}</button></p>}
          <Text form={form} name="name" label={t.name} maxLength={100} />
          <Radios form={form} name="role" label={t.staff.role} options={roleOptions} />
          {!isOff && <p class="hint">{t.staff.disableHint}</p>}
          <FormAlert form={form} />
        </div>
        <footer>
          {member.id !== me.id && member.status !== 'invited' && <Button look="quiet" class="at-start" onClick={() => { onClose(); void setStatus(member, isOff ? 'active' : 'disabled'); }}>{isOff ? t.staff.enable : t.staff.disable}</Button>}
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" look="primary" busy={form.busy}>{t.save}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
