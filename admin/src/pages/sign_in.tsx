/** Signing in, with the token that the shop's first start printed or as a member of the staff; and accepting an invitation. */
import { useState } from 'preact/hooks';
import { api, ApiError } from '../api.js';
import { FormAlert, FormError, Text, useForm } from '../form.js';
import { Mark } from '../icons.js';
import { useSession, type Me } from '../session.js';
import { t } from '../texts.js';
import { Button } from '../ui.js';
import { SecondFactor } from './account.js';

const way_key = 'till-desk-way';

const words: Record<string, string> = {
  'Invalid admin token': t.signIn.wrongToken,
  'Incorrect email or password': t.signIn.wrongLogin,
};

/** Says a refusal in the desk's own words. */
const plainly = (error: unknown) =>
  error instanceof ApiError && words[error.message] ? new ApiError(error.status, words[error.message]!, error.issues, error.retryAfter) : error;

export function SignIn({ why, onDone }: { why?: string | undefined; onDone: (me: Me) => void }) {
  const [way, setWay] = useState(localStorage.getItem(way_key) ?? 'token');
  const choose = (next: string) => {
    localStorage.setItem(way_key, next);
    setWay(next);
  };
  return (
    <Gate title={t.signIn.title} hint={why}>
      <div class="tabs" role="group" aria-label={t.signIn.title}>
        <button type="button" aria-pressed={way === 'token'} onClick={() => choose('token')}>{t.signIn.withToken}</button>
        <button type="button" aria-pressed={way === 'mail'} onClick={() => choose('mail')}>{t.signIn.withMail}</button>
      </div>
      {way === 'token' ? <TokenForm onDone={onDone} /> : <MailForm onDone={onDone} />}
    </Gate>
  );
}

const Gate = ({ title, hint, children }: { title: string; hint?: string | undefined; children: preact.ComponentChildren }) => (
  <main class="gate">
    <div class="gate-box">
      <p class="brand"><Mark side={28} /><span>{t.shop}</span></p>
      <h1>{title}</h1>
      {hint && <p class="hint">{hint}</p>}
      {children}
    </div>
  </main>
);

function TokenForm({ onDone }: { onDone: (me: Me) => void }) {
  const form = useForm({ token: '' });
  const send = form.submit(async ({ token }) => {
    if (token.trim() === '') throw new FormError('token', t.errors.needed);
    onDone(await api('post', '/staff/token-login', { body: { token: token.trim() } }).catch(error => Promise.reject(plainly(error))));
  });
  return (
    <form noValidate onSubmit={send} class="stack">
      <Text form={form} name="token" label={t.signIn.token} type="password" autocomplete="current-password" autofocus
        hint={<>{t.signIn.tokenHint} <code>{t.signIn.tokenCommand}</code></>} />
      <FormAlert form={form} />
      <Button type="submit" look="primary" busy={form.busy}>{t.signIn.go}</Button>
    </form>
  );
}

function MailForm({ onDone }: { onDone: (me: Me) => void }) {
  const form = useForm({ email: '', password: '', code: '' });
  const [needsCode, setNeedsCode] = useState(false);
  const send = form.submit(async ({ email, password, code }) => {
    if (email.trim() === '') throw new FormError('email', t.errors.needed);
    if (password === '') throw new FormError('password', t.errors.needed);
    const body = { email: email.trim(), password, ...(code.trim() ? { code: code.trim() } : {}) };
    try {
      onDone(await api('post', '/staff/login', { body }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.message !== 'A code is required') throw plainly(error);
      setNeedsCode(true);
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('input[autocomplete=one-time-code]')?.focus());
    }
  });
  return (
    <form noValidate onSubmit={send} class="stack">
      <Text form={form} name="email" label={t.email} type="email" autocomplete="username" autofocus />
      <Text form={form} name="password" label={t.password} type="password" autocomplete="current-password" />
      {needsCode && <Text form={form} name="code" label={t.signIn.code} hint={t.signIn.codeHint} autocomplete="one-time-code" inputMode="text" />}
      <FormAlert form={form} />
      <Button type="submit" look="primary" busy={form.busy}>{t.signIn.go}</Button>
    </form>
  );
}

/** The page that an invitation's link leads to. */
export function Accept({ token, onDone }: { token: string; onDone: (me: Me) => void }) {
  const form = useForm({ name: '', password: '' });
  const send = form.submit(async ({ name, password }) =>
    onDone(await api('post', '/staff/accept', { body: { token, password, ...(name.trim() ? { name: name.trim() } : {}) } })));
  return (
    <Gate title={t.accept.title} hint={t.accept.hint}>
      <form noValidate onSubmit={send} class="stack">
        <Text form={form} name="name" label={t.accept.name} hint={t.accept.nameHint} autocomplete="name" />
        <Text form={form} name="password" label={t.password} type="password" autocomplete="new-password" autofocus />
        <FormAlert form={form} />
        <Button type="submit" look="primary" busy={form.busy}>{t.accept.go}</Button>
      </form>
    </Gate>
  );
}


/** An owner or a manager who can be reached from elsewhere sets up a second factor before anything else. */
export function FactorFirst({ onDone }: { onDone: () => void }) {
  const { signOut } = useSession();
  return (
    <Gate title={t.account.secondFactor} hint={t.account.needed}>
      <SecondFactor done={onDone} />
      <Button look="quiet" onClick={signOut}>{t.signIn.out}</Button>
    </Gate>
  );
}
