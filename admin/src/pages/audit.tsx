/** Who changed what. */
import { apiPage, type Schemas } from '../api.js';
import { actionWords } from '../actions.js';
import { dayStart, orderNumber } from '../format.js';
import { href, setQuery, usePlace } from '../router.js';
import { useCan, useSession } from '../session.js';
import { useList, useOnce } from '../store.js';
import { t } from '../texts.js';
import { Empty, LinkButton, ListTable, PageFrame, Time, type Column } from '../ui.js';
import { lineOf, nameIn, refusedAccount, targetKind, wordsOf } from './audit_words.js';

type Entry = Schemas['AuditRead'];

/** The names of staff and keys, for those who may know them. */
function useActors(): Map<string, string> {
  const can = useCan();
  const found = useOnce('staff:actors', async () => {
    if (!can('staff:write')) return [];
    const [staff, keys] = await Promise.all([apiPage('/admin/staff', { query: { limit: 500 } }), apiPage('/admin/keys', { query: { limit: 500 } })]);
    return [...staff.rows, ...keys.rows].map(({ id, name }): [string, string] => [id, name]);
  });
  return new Map(found ?? []);
}

const whoOf = (entry: Entry, actors: Map<string, string>) => (refusedAccount(entry) ? t.audit.somebody : (entry.actor && actors.get(entry.actor)) ?? t.audit.actors[entry.actor_kind]);

function Changes({ entry }: { entry: Entry }) {
  const { currency } = useSession(), lines = entry.changes.map(change => lineOf(change, currency)).filter(line => line !== null);
  if (lines.length === 0) return null;
  return (
    <ul class="changes">
      {lines.map(({ name, before, after }, i) => (
        <li key={i}><span class="soft">{name}</span> {before !== null && <del>{before}</del>}{before !== null && after !== null && ' → '}{after !== null && <ins>{after}</ins>}</li>
      ))}
    </ul>
  );
}

/** The name of a product, which a change of it need not have. */
function useProductName(id: string | null): string | undefined {
  return useOnce(`audit:name:${id ?? ''}`, async () => (id === null ? null : (await apiPage('/admin/products', { query: { q: id, limit: 1 } })).rows.find(row => row.id === id)?.name ?? null)) ?? undefined;
}

/** What was changed: a product by its name, an order by its number, an account by whose it is. */
function TargetLink({ entry, actors }: { entry: Entry; actors: Map<string, string> }) {
  const kind = targetKind(entry), account = actors.get(refusedAccount(entry) ?? ''), product = useProductName(kind === 'products' ? entry.target : null);
  if (account !== undefined) return <>: {account}</>;
  if (kind === null || entry.target === null) return null;
  const name = kind === 'orders' ? orderNumber(entry.target) : kind === 'products' ? product ?? nameIn(entry) : t.webhooks.one;
  return name === undefined ? null : <>: <a href={href(`${kind}/${entry.target}`)}>{name}</a></>;
}

export function AuditPage() {
  const { query } = usePlace(), actors = useActors();
  const actor = query.get('actor') ?? '', action = query.get('action') ?? '', target = query.get('target') ?? '';
  const from = dayStart(query.get('from') ?? ''), to = dayStart(query.get('to') ?? '', 1);
  const asked = { actor, action, target, ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const list = useList(`audit:${JSON.stringify(asked)}`, after => apiPage('/admin/audit', { query: asked }, after));
  const isFiltered = [...query.keys()].length > 0, isProduct = query.get('of') === 'products' && target !== '';
  const product = useProductName(isProduct ? target : null);
  const back = isProduct ? { href: href(`products/${target}`), text: product ?? t.product.title } : undefined;
  const columns: Column<Entry>[] = [
    { head: t.audit.what, kind: 'wide', phone: 'line', cell: row => <div class="entry"><span class="strong" title={row.action}>{wordsOf(row)}</span><TargetLink entry={row} actors={actors} /><Changes entry={row} /></div> },
    { head: t.audit.who, phone: 'left', cell: row => <button type="button" class="link plain" title={t.audit.onlyOf} onClick={() => setQuery({ actor: row.actor ?? row.actor_kind })}>{whoOf(row, actors)}</button> },
    { head: t.audit.network, phone: 'off', cell: row => <span class="soft">{row.ip_prefix}</span> },
    { head: t.date, kind: 'tight', phone: 'right', cell: row => <span class="soft"><Time at={row.created_at} /></span> },
  ];
  return (
    <PageFrame title={product ? t.audit.historyOf(product) : t.audit.title} back={back} actions={isFiltered && <LinkButton href="#/audit">{t.audit.showAll}</LinkButton>}>
      <div class="filters">
        <label class="date-box"><span>{t.audit.who}</span>
          <select value={actor} onChange={event => setQuery({ actor: event.currentTarget.value || null })}>
            <option value="">{t.all}</option><option value="token">{t.audit.actors.token}</option><option value="system">{t.audit.actors.system}</option>
            {[...actors].map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
        <label class="date-box"><span>{t.audit.what}</span>
          <select value={action} onChange={event => setQuery({ action: event.currentTarget.value || null })}>
            <option value="">{t.all}</option>{Object.entries(actionWords).map(([value, words]) => <option key={value} value={value}>{words}</option>)}
          </select>
        </label>
        {(['from', 'to'] as const).map(name => <label key={name} class="date-box"><span>{t[name]}</span><input type="date" value={query.get(name) ?? ''} onChange={event => setQuery({ [name]: event.currentTarget.value || null })} /></label>)}
      </div>
      {target && !isProduct && <p class="hint under">{t.audit.onlyTarget} <code>{target}</code></p>}
      <ListTable label={t.audit.title} list={list} columns={columns} idOf={row => String(row.id)}
        empty={<Empty icon="audit" title={isFiltered ? t.audit.noneFound : t.audit.none}>{isFiltered ? null : t.audit.noneHint}</Empty>} />
    </PageFrame>
  );
}
