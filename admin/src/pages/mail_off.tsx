/** What is said while the shop sends no mail, and how that is switched on. */
import { api } from '../api.js';
import { href } from '../router.js';
import { useCan } from '../session.js';
import { useOnce } from '../store.js';
import { t } from '../texts.js';
import { Section } from '../ui.js';

/** Whether the shop sends mail; undefined: that is not known yet, or not for this role. */
export function useSendsMail(): boolean | undefined {
  const can = useCan();
  return useOnce('settings', async () => (can('settings:write') ? await api('get', '/admin/settings') : null))?.sends_mail;
}

/** Behind an offer to mail somebody. */
export function MailOffHint() {
  return useSendsMail() === false ? <span class="block">{t.mails.offShort} <a href={href('mails')}>{t.mails.howOn}</a></span> : null;
}

export const MailOffBox = () => (
  <div class="notice">
    <Section title={t.mails.offTitle}>
      <p>{t.mails.offText}</p>
      <details>
        <summary>{t.mails.howOn}</summary>
        <ol class="how">{t.mails.how.map(step => <li key={step}>{step}</li>)}</ol>
        <pre class="answer">{t.mails.howCommand}</pre>
        <p class="hint">{t.mails.howAfter}</p>
      </details>
    </Section>
  </div>
);
