/** The frame around every page: the navigation, the search over everything, and the page itself. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, ApiError, apiPage } from './api.js';
import { money } from './format.js';
import { Icon, Mark, type IconName } from './icons.js';
import { KeyHelp, useKeys } from './keyboard.js';
import { useLive } from './live.js';
import { pages } from './pages/index.js';
import { dropUnsaved, href, onLeave, usePlace } from './router.js';
import { useCan, useSession, type Scope } from './session.js';
import { useOnce } from './store.js';
import { t } from './texts.js';
import { setTheme, themeNow, type Theme } from './theme.js';
import { Confirm, Dialog, PageFrame, Trouble } from './ui.js';

interface Entry {
  path: string;
  text: string;
  icon: IconName;
  scope: Scope | null;
}

const groups: { title: string | null; entries: Entry[] }[] = [
  {
    title: null,
    entries: [
      { path: '', text: t.nav.today, icon: 'today', scope: 'orders:read' },
      { path: 'orders', text: t.nav.orders, icon: 'orders', scope: 'orders:read' },
      { path: 'products', text: t.nav.products, icon: 'products', scope: null },
      { path: 'customers', text: t.nav.customers, icon: 'customers', scope: 'customers:read' },
    ],
  },
  {
    title: t.nav.setUp,
    entries: [
      { path: 'shipping', text: t.nav.shipping, icon: 'shipping', scope: 'settings:write' },
      { path: 'taxes', text: t.nav.taxes, icon: 'taxes', scope: 'settings:write' },
      { path: 'synonyms', text: t.nav.synonyms, icon: 'synonyms', scope: 'products:read' },
      { path: 'settings', text: t.nav.settings, icon: 'settings', scope: 'settings:write' },
    ],
  },
  {
    title: t.nav.team,
    entries: [
      { path: 'staff', text: t.nav.staff, icon: 'staff', scope: 'staff:write' },
      { path: 'keys', text: t.nav.keys, icon: 'keys', scope: 'staff:write' },
      { path: 'audit', text: t.nav.audit, icon: 'audit', scope: 'audit:read' },
    ],
  },
  {
    title: t.nav.connections,
    entries: [
      { path: 'webhooks', text: t.nav.webhooks, icon: 'webhooks', scope: 'webhooks:write' },
      { path: 'mails', text: t.nav.mails, icon: 'mails', scope: 'settings:write' },
    ],
  },
];

/** What the one who is signed in may see. */
function useGroups() {
  const can = useCan();
  return groups
    .map(({ title, entries }) => ({ title, entries: entries.filter(({ path, scope }) => pages[path] !== undefined && (scope === null || can(scope))) }))
    .filter(({ entries }) => entries.length > 0);
}

export function Frame() {
  useLive();
  const { path } = usePlace();
  const [isSearching, setSearching] = useState(false);
  const [helps, setHelps] = useState(false);
  useKeys(() => setSearching(true), () => setHelps(true));
  const shown = useGroups(), first = shown[0]?.entries[0]?.path ?? 'account';
  const name = path[0] ?? (first === '' ? '' : first);
  const Page = pages[name];
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={event => { event.preventDefault(); document.querySelector<HTMLElement>('main')?.focus(); }}>{t.skip}</a>
      <Sidebar current={shownAs(name)} openSearch={() => setSearching(true)} openHelp={() => setHelps(true)} />
      <main id="main" tabIndex={-1} key={path.slice(0, 2).join('/')}>
        {name === 'menu' ? <Menu openHelp={() => setHelps(true)} /> : Page ? <Page rest={path.slice(1)} /> : <PageFrame title={t.errors.gone}><Trouble error={new ApiError(404, '')} /></PageFrame>}
      </main>
      <TabBar current={shownAs(name)} />
      {isSearching && <Palette onClose={() => setSearching(false)} />}
      {helps && <KeyHelp onClose={() => setHelps(false)} />}
      <LeaveGuard />
    </div>
  );
}

/** Asks before a page is left whose changes are not saved. */
function LeaveGuard() {
  const [wanted, setWanted] = useState<string | null>(null);
  onLeave.ask = setWanted;
  if (wanted === null) return null;
  const leave = async () => {
    dropUnsaved();
    location.hash = wanted;
  };
  return <Confirm title={t.leave.title} action={t.leave.go} stay={t.leave.stay} onClose={() => setWanted(null)} run={leave}>{t.leave.hint}</Confirm>;
}

/** The entry of the navigation that a page belongs to. */
const shownAs = (name: string) => (name === 'import' ? 'products' : name);

const NavLink = ({ entry, current }: { entry: Entry; current: string }) => (
  <a href={href(entry.path)} aria-current={entry.path === current ? 'page' : undefined}><Icon name={entry.icon} /><span>{entry.text}</span></a>
);

function useShopName(): string {
  const can = useCan();
  return useOnce('settings', async () => (can('settings:write') ? await api('get', '/admin/settings') : null))?.shop_name || t.shop;
}

function Sidebar({ current, openSearch, openHelp }: { current: string; openSearch: () => void; openHelp: () => void }) {
  const shopName = useShopName();
  return (
    <aside class="side">
      <div class="side-head">
        <a class="brand" href="#/"><Mark side={22} /><span>{shopName}</span></a>
        <button type="button" class="icon" aria-label={t.palette.title} title="Ctrl K" onClick={openSearch}><Icon name="search" /></button>
      </div>
      <nav aria-label={t.nav.label}>
        {useGroups().map(({ title, entries }) => (
          <div key={title} role="group" aria-label={title ?? t.nav.label}>
            {title && <p class="nav-title">{title}</p>}
            {entries.map(entry => <NavLink key={entry.path} entry={entry} current={current} />)}
          </div>
        ))}
      </nav>
      <SideFoot current={current} openHelp={openHelp} />
    </aside>
  );
}

function SideFoot({ current, openHelp }: { current: string; openHelp: () => void }) {
  const { me, signOut } = useSession();
  return (
    <div class="side-foot">
      {me.kind === 'staff' ? <NavLink entry={{ path: 'account', text: me.name ?? t.nav.account, icon: 'account', scope: null }} current={current} /> : <p class="who"><Icon name="account" /><span>{t.nav.ownerToken}</span></p>}
      <div class="side-tools">
        <ThemeChoice />
        <button type="button" class="icon" aria-label={t.nav.keys_help} title={`${t.nav.keys_help} (?)`} onClick={openHelp}><Icon name="keyboard" /></button>
        <button type="button" class="quiet-button" onClick={signOut}>{t.signIn.out}</button>
      </div>
    </div>
  );
}

function ThemeChoice() {
  const [theme, choose] = useState<Theme>(themeNow());
  const next: Theme = theme === 'auto' ? 'light' : theme === 'light' ? 'dark' : 'auto';
  const turn = () => {
    setTheme(next);
    choose(next);
  };
  const label = `${t.nav.themeLabel}: ${t.nav.theme[theme]}`;
  return <button type="button" class="icon" aria-label={label} title={label} onClick={turn}><Icon name={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'contrast'} /></button>;
}

/** On a phone: the pages of every day, and the way to the others. */
function TabBar({ current }: { current: string }) {
  const [days] = useGroups();
  const entries = days?.title === null ? days.entries : [];
  const isElsewhere = !entries.some(({ path }) => path === current);
  return (
    <nav class="tab-bar" aria-label={t.nav.label}>
      {entries.map(entry => <NavLink key={entry.path} entry={entry} current={current} />)}
      <a href="#/menu" aria-current={isElsewhere ? 'page' : undefined}><Icon name="menu" /><span>{t.nav.menu}</span></a>
    </nav>
  );
}

function Menu({ openHelp }: { openHelp: () => void }) {
  return (
    <PageFrame title={t.nav.menu}>
      <div class="menu-page">
        {useGroups().slice(1).map(({ title, entries }) => (
          <div key={title}>
            <p class="nav-title">{title}</p>
            {entries.map(entry => <NavLink key={entry.path} entry={entry} current="" />)}
          </div>
        ))}
        <SideFoot current="" openHelp={openHelp} />
      </div>
    </PageFrame>
  );
}

const combobox = { role: 'combobox' } as object;

interface Hit {
  href: string;
  text: string;
  aside?: string;
}

const nothing_found: { orders: Hit[]; customers: Hit[]; products: Hit[] } = { orders: [], customers: [], products: [] };

/** Looks for pages, orders, customers and products at once. */
function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState(nothing_found);
  const [at, setAt] = useState(0);
  const can = useCan(), latest = useRef('');
  const shown = useGroups();
  const pagesFound = useMemo(() => shown.flatMap(({ entries }) => entries)
    .filter(({ text }) => text.toLowerCase().includes(typed.trim().toLowerCase()))
    .map(({ path, text }) => ({ href: href(path), text })), [typed]);

  useEffect(() => {
    const q = (latest.current = typed.trim());
    if (q === '') return setFound(nothing_found);
    const timer = setTimeout(async () => {
      const [orders, customers, products] = await Promise.all([
        can('orders:read') ? apiPage('/admin/orders', { query: { q, limit: 5 } }).catch(() => null) : null,
        can('customers:read') && q.length > 1 ? apiPage('/admin/customers', { query: { q, limit: 5 } }).catch(() => null) : null,
        apiPage('/products/search', { query: { q, limit: 5 } }).catch(() => null),
      ]);
      if (latest.current !== q) return;
      setAt(0);
      setFound({
        orders: (orders?.rows ?? []).map(row => ({ href: href(`orders/${row.id}`), text: `${row.number} ${row.name ?? row.email ?? ''}`, aside: money(row.total_amount, row.currency) })),
        customers: (customers?.rows ?? []).map(row => ({ href: href(`customers/${encodeURIComponent(row.email)}`), text: row.name ?? row.email, ...(row.name ? { aside: row.email } : {}) })),
        products: (products?.rows ?? []).map(row => ({ href: href(`products/${row.id}`), text: row.name, aside: row.category })),
      });
    }, 150);
    return () => clearTimeout(timer);
  }, [typed]);

  const lists: [string, Hit[]][] = [[t.palette.orders, found.orders], [t.palette.customers, found.customers], [t.palette.products, found.products], [t.palette.pages, pagesFound]];
  const hits = lists.flatMap(([, list]) => list);
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt((at + (event.key === 'ArrowDown' ? 1 : hits.length - 1)) % Math.max(hits.length, 1));
    } else if (event.key === 'Enter' && hits[at]) {
      event.preventDefault();
      onClose();
      location.hash = hits[at].href;
    } else if (event.key === 'Escape') {
      event.preventDefault(); // the browser would empty the field first
      onClose();
    }
  };
  return (
    <Dialog title={t.palette.title} onClose={onClose}>
      <div class="palette">
        <input type="search" {...combobox} aria-expanded={hits.length > 0} aria-controls="hits" aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
          aria-label={t.palette.title} placeholder={t.palette.placeholder} autofocus spellcheck={false} autocomplete="off" maxLength={100}
          value={typed} onInput={event => { setTyped(event.currentTarget.value); setAt(0); }} onKeyDown={keys} />
        {hits.length > 0 && <div id="hits" role="listbox" aria-label={t.palette.title}>
          {lists.map(([title, list], i) => list.length > 0 && (
            <div key={title} role="group" aria-label={title}>
              <p class="nav-title" aria-hidden="true">{title}</p>
              {list.map((hit, j) => {
                const number = lists.slice(0, i).reduce((sum, [, before]) => sum + before.length, 0) + j;
                return (
                  <a key={hit.href} id={`hit-${number}`} role="option" tabIndex={-1} aria-selected={number === at} href={hit.href} onClick={onClose}>
                    <span>{hit.text}</span>{hit.aside && <small>{hit.aside}</small>}
                  </a>
                );
              })}
            </div>
          ))}
        </div>}
        {typed !== '' && hits.length === 0 && <p class="hint">{t.palette.none}</p>}
      </div>
    </Dialog>
  );
}

