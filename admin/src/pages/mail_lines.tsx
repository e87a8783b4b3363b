/** The mails about an order, or to a customer: what became of each. */
import { apiPage } from '../api.js';
import { href } from '../router.js';
import { useCan } from '../session.js';
import { useQuery } from '../store.js';
import { t } from '../texts.js';
import { opensRow, Section, Time } from '../ui.js';
import { MailOffHint } from './mail_off.js';
import { StateBadge, type Mail } from './mails.js';

const shown_max = 50;

/** `q` is what the API looks for; it also finds what has `q` in it, so `has` says which mails are meant. */
export function MailLines({ q, has, none = t.mails.noneOfOrder }: { q: string; has: (mail: Mail) => boolean; none?: string }) {
  const can = useCan(), sees = can('settings:write');
  const query = useQuery(`mails:of:${q}`, async () => (sees ? apiPage('/admin/mails', { query: { q, limit: shown_max } }, null, 'offset') : null));
  if (!sees || !query.data) return null;
  const mails = query.data.rows.filter(has);
  return (
    <Section title={t.mails.plural} hint={mails.some(({ state }) => state === 'held') ? <MailOffHint /> : undefined}>
      {mails.length === 0 ? <p class="hint">{none}</p> : (
        <ul class="plain-list">
          {mails.map(mail => (
            <li key={mail.id} {...opensRow}>
              <div class="spread"><a data-open href={href(`mails/${mail.id}`)}>{t.mails.kinds[mail.kind] ?? mail.subject}</a><StateBadge state={mail.state} /></div>
              <small class="soft">{mail.subject} · <Time at={mail.created_at} /></small>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
