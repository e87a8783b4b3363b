/** What happened to an order, newest first, and what the staff notes about it. */
import { api } from '../api.js';
import { money } from '../format.js';
import { useCan } from '../session.js';
import { useOnce } from '../store.js';
import { t } from '../texts.js';
import { Section, Time } from '../ui.js';
import { NoteForm, useRefunds, type Order } from './order.js';

/** The names of the staff, for those who may know them. */
export function useNames(): Map<string, string> {
  const can = useCan();
  const staff = useOnce('staff:names', async () => (can('staff:write') ? api('get', '/admin/staff', { query: { limit: 500 } }) : []));
  return new Map((staff ?? []).map(({ id, name }) => [id, name]));
}

export function Timeline({ order }: { order: Order }) {
  const names = useNames(), can = useCan(), refunds = useRefunds(order).data ?? [];
  return (
    <Section title={t.order.timeline}>
      {can('orders:write') && <NoteForm order={order} />}
      <ol class="timeline">
        {[...order.timeline].reverse().map(event => {
          const text = event.text ?? refunds.find(({ id }) => id === event.subject)?.reason;
          const by = event.actor_kind === null ? null : names.get(event.actor ?? '') ?? t.order.by[event.actor_kind];
          return (
            <li key={`${event.at}${event.kind}${event.subject}`} class={event.kind} tabIndex={event.kind === 'disputed' ? -1 : undefined}>
              <div><span class={event.kind === 'note' ? 'unseen' : undefined}>{t.order.event[event.kind]}{event.amount !== null && ` · ${money(event.amount, order.currency)}`}</span>{text && <p class="said">{text}</p>}</div>
              <small class="soft">{by && `${by} · `}<Time at={event.at} /></small>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
