/** What pages are made of: headings, buttons, tables, badges, dialogs, and what is there when there is nothing. */
import type { ComponentChildren, JSX, TargetedMouseEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ApiError } from './api.js';
import { fullTime, shortTime } from './format.js';
import { Icon, type IconName } from './icons.js';
import { arrive, setQuery, usePlace, useUnsaved } from './router.js';
import type { List } from './store.js';
import { t } from './texts.js';
import { reasonOf } from './toasts.js';

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon'> & {
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName | undefined;
  busy?: boolean;
};

/** A button; one that works on something is still a stop of the Tab key. */
export function Button({ look = 'plain', icon, busy, children, class: more, ...rest }: ButtonProps) {
  return (
    <button type="button" class={`button ${look} ${more ?? ''}`} aria-busy={busy} aria-disabled={busy} {...rest}>
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  );
}

export function LinkButton({ look = 'plain', icon, children, ...rest }: JSX.IntrinsicElements['a'] & { look?: 'primary' | 'plain' | 'quiet'; icon?: IconName }) {
  return (
    <a class={`button ${look}`} {...rest}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

let isFirst = true; // the page that the browser itself has opened

/** A page: its heading, what can be done here, and its content. The heading gets the focus, so that screen readers read where they are. */
export function PageFrame({ title, back, actions, badge, under, children, narrow }: {
  title: string;
  back?: { href: string; text: string } | undefined;
  actions?: ComponentChildren;
  badge?: ComponentChildren;
  under?: ComponentChildren;
  children: ComponentChildren;
  narrow?: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    arrive();
    if (isFirst) isFirst = false;
    else heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => void (document.title = `${title} · Till`), [title]);
  return (
    <div class={narrow ? 'page narrow' : 'page'}>
      <header class="page-head">
        <div class="page-title">
          {back && <a class="up" href={back.href}><Icon name="back" /><span>{back.text}</span></a>}
          <div class="title-line"><h1 tabIndex={-1} ref={heading}>{title}</h1>{badge}</div>
          {under && <p class="soft">{under}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export const Section = ({ title, actions, children, id, hint }: { title?: string; actions?: ComponentChildren; children: ComponentChildren; id?: string; hint?: ComponentChildren }) => {
  const own = useId();
  return (
    <section aria-labelledby={title ? id ?? own : undefined}>
      {title && <div class="section-head"><h2 id={id ?? own}>{title}</h2>{actions && <div class="actions">{actions}</div>}</div>}
      {hint && <p class="hint section-hint">{hint}</p>}
      {children}
    </section>
  );
};

export type Tone = 'good' | 'wait' | 'bad' | 'info' | 'dull';

export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => <span class={`badge ${tone}`}>{children}</span>;

/** A time as short as it can be said; all of it is in its title. */
export const Time = ({ at }: { at: string }) => <time dateTime={at} title={fullTime(at)}>{shortTime(at)}</time>;

/** What to do first, where there is nothing yet. */
export const Empty = ({ icon, title, children, action }: { icon: IconName; title: string; children?: ComponentChildren; action?: ComponentChildren }) => (
  <div class="empty">
    <span class="empty-icon"><Icon name={icon} /></span>
    <h2>{title}</h2>
    {children && <p>{children}</p>}
    {action && <div class="actions">{action}</div>}
  </div>
);

export const Trouble = ({ error, retry }: { error: ApiError; retry?: () => void }) => (
  <div class="empty" role="alert">
    <h2>{error.status === 404 ? t.errors.gone : t.errors.load}</h2>
    <p>{error.status === 404 ? t.errors.goneHint : reasonOf(error)}</p>
    {retry && error.status !== 404 && <div class="actions"><Button onClick={retry}>{t.again}</Button></div>}
  </div>
);

/** Lines in the place of what is still to come. They appear late, so that what comes at once does not flicker. */
export const Waiting = ({ rows = 6 }: { rows?: number }) => (
  <div class="waiting" role="status">
    <span class="unseen">{t.loading}</span>
    {Array.from({ length: rows }, (_, i) => <div key={i} class="bone" />)}
  </div>
);

/** What a query has, or what it has in its place. */
export function Loaded<T>({ query, children }: { query: { data: T | undefined; error: ApiError | null; reload: () => Promise<void> }; children: (data: T) => ComponentChildren }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  return query.error ? <Trouble error={query.error} retry={() => void query.reload()} /> : <Waiting />;
}

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  /** How it is laid out: a number stands at the right, `wide` may take the room that is left; on a phone, `first` and `aside`
   * are the card's first line, `left` and `right` share one, `line` has one to itself, and so has `alert` unless all is good. */
  kind?: 'number' | 'wide' | 'tight' | undefined;
  phone?: 'first' | 'aside' | 'left' | 'right' | 'line' | 'alert' | 'off' | undefined;
  hideHead?: boolean;
  /** What a phone, which shows no heads, says behind the value. */
  unit?: string;
}

let wasTyping = false; // the press began while a cell was being typed into: it only ends that

function openRow(event: TargetedMouseEvent<HTMLElement>) {
  const hit = event.target as Element, opener = event.currentTarget.querySelector('[data-open]'), isMiddle = event.button === 1;
  const isControl = hit.closest('a, button, input, label, summary') !== null || hit.closest('td')?.querySelector(':is(button, input):not([data-open])');
  if (!opener || isControl || wasTyping || event.button > (opener.tagName === 'A' ? 1 : 0) || getSelection()?.isCollapsed === false) return;
  const { shiftKey } = event, ctrlKey = event.ctrlKey || isMiddle, metaKey = event.metaKey || isMiddle;
  opener.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey, ctrlKey, metaKey }));
}

/** A row opens wherever it is pressed, as its link or button that is marked with `data-open` does: the middle button and the modifier
 * keys open a new tab. Cells with controls of their own do not open it, and neither does the end of a selection of text. */
export const opensRow = {
  onMouseDown: () => { wasTyping = document.activeElement?.matches('td input:not([type=checkbox])') ?? false; },
  onClick: openRow,
  onAuxClick: openRow,
};

interface TableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  idOf: (row: T) => string;
  picked?: Set<string> | undefined;
  pick?: ((ids: Set<string>) => void) | undefined;
  nameOf?: (row: T) => string;
}

/** A table; on a phone each row is a card. `j` and `k` go through its rows, and stop at what opens each. */
export function Table<T>({ label, columns, rows, idOf, picked, pick, nameOf }: TableProps<T>) {
  const all = picked !== undefined && rows.length > 0 && rows.every(row => picked.has(idOf(row)));
  const toggle = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    pick!(next);
  };
  const classOf = ({ kind, phone }: Column<T>) => `${kind ?? ''} p-${phone ?? 'line'}`;
  return (
    <div class="table-frame">
      <table aria-label={label}>
        <thead>
          <tr>
            {picked && (
              <th class="pick" scope="col">
                <input type="checkbox" aria-label={t.pickAll} checked={all} onChange={() => pick!(all ? new Set() : new Set(rows.map(idOf)))} />
              </th>
            )}
            {columns.map(column => (
              <th key={column.head} scope="col" class={classOf(column)}>{column.hideHead ? <span class="unseen">{column.head}</span> : column.head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => {
            const id = idOf(row);
            return (
              <tr key={id} data-row={id} class={picked?.has(id) ? 'picked' : undefined} {...opensRow}>
                {picked && (
                  <td class="pick"><input type="checkbox" data-key="x" aria-label={t.pick(nameOf?.(row) ?? id)} checked={picked.has(id)} onChange={() => toggle(id)} /></td>
                )}
                {columns.map(column => <td key={column.head} class={classOf(column)} data-unit={column.unit}>{column.cell(row)}</td>)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A list with its table, its next page, and what is there when it is empty. */
export function ListTable<T>({ list, empty, ...table }: Omit<TableProps<T>, 'rows'> & { list: List<T>; empty: ComponentChildren }) {
  return (
    <Loaded query={list}>
      {page => (page.rows.length === 0 ? <>{empty}</> : (
        <>
          <Table {...table} rows={page.rows} />
          <More list={list} />
        </>
      ))}
    </Loaded>
  );
}

/** The next page comes when the end of the list comes into view, or at the press of the button. */
export function More<T>({ list }: { list: List<T> }) {
  const [busy, setBusy] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const next = list.data?.next ?? null;
  const more = useRef(() => {});
  more.current = () => {
    if (busy || next === null) return;
    setBusy(true);
    void list.more().catch(() => {}).finally(() => setBusy(false));
  };
  useEffect(() => {
    if (!end.current) return;
    const watch = new IntersectionObserver(seen => { if (seen.some(entry => entry.isIntersecting)) more.current(); }, { rootMargin: '600px' });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [next]);
  return next === null ? null : <div class="more" ref={end}><Button look="quiet" busy={busy} onClick={() => more.current()}>{t.moreRows}</Button></div>;
}

/** A box that searches this page's list: what is typed goes into the address. `/` goes to it. */
export function SearchBox({ label, name = 'q' }: { label: string; name?: string }) {
  const { query } = usePlace();
  const [typed, setTyped] = useState(query.get(name) ?? '');
  const timer = useRef(0);
  useEffect(() => setTyped(query.get(name) ?? ''), [query.get(name)]);
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ [name]: text.trim() || null }), 200);
  };
  return (
    <div class="search">
      <Icon name="search" />
      <input type="search" data-search placeholder={label} aria-label={label} value={typed} maxLength={100} spellcheck={false} autocomplete="off"
        onInput={event => type(event.currentTarget.value)}
        onKeyDown={event => { if (event.key === 'Escape' && typed === '') event.currentTarget.blur(); else if (event.key === 'Escape') { event.preventDefault(); type(''); } }} />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

/** Views of a list, side by side. */
export const Tabs = ({ label, tabs, current, hrefOf }: { label: string; tabs: [string, string][]; current: string; hrefOf: (tab: string) => string }) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(([value, text]) => <a key={value} href={hrefOf(value)} aria-current={value === current ? 'page' : undefined}>{text}</a>)}
  </nav>
);

/** One of a few, side by side. */
export const Segments = <T extends string>({ label, options, value, onChange }: { label: string; options: [T, string][]; value: T; onChange: (value: T) => void }) => (
  <div class="segments" role="group" aria-label={label}>
    {options.map(([option, text]) => <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>{text}</button>)}
  </div>
);

/** A dialog over the page. Escape and a click beside it close it; with `keep`, because something was typed, it asks before. */
export function Dialog({ title, onClose, children, keep, wide }: { title: string; onClose: () => void; children: ComponentChildren; keep?: boolean; wide?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [asks, setAsks] = useState(false);
  const close = () => (keep ? setAsks(true) : onClose());
  useUnsaved(keep ?? false);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => opener?.focus?.();
  }, []);
  return (
    <dialog ref={dialog} class={wide ? 'wide' : undefined} aria-labelledby={id}
      onCancel={event => { if (event.target !== dialog.current) return; event.preventDefault(); close(); }}
      onMouseDown={event => { if (event.target === dialog.current && !keep) onClose(); }}>
      <div class="dialog">
        <header><h2 id={id}>{title}</h2><button type="button" class="icon" aria-label={t.close} onClick={close}><Icon name="x" /></button></header>
        {children}
        {asks && <Confirm title={t.leave.title} action={t.leave.discard} stay={t.leave.stay} onClose={() => setAsks(false)} run={async () => onClose()}>{t.leave.hint}</Confirm>}
      </div>
    </dialog>
  );
}

/** Asks before what cannot be undone, and says on its button what will happen. */
export function Confirm({ title, children, action, stay = t.cancel, onClose, run }: { title: string; children: ComponentChildren; action: string; stay?: string; onClose: () => void; run: () => Promise<unknown> }) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-body"><p>{children}</p></div>
      <footer>
        <Button onClick={onClose}>{stay}</Button>
        <Button look="danger" busy={busy} onClick={() => { if (busy) return; setBusy(true); void run().finally(onClose); }}>{action}</Button>
      </footer>
    </Dialog>
  );
}

/** A text to copy, such as a key. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    await navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <div class="copyable">
      <input ref={field} readOnly value={text} aria-label={label} class="mono" onFocus={event => event.currentTarget.select()} />
      <Button icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>{copied ? t.copied : t.copy}</Button>
    </div>
  );
}

/** Names and values. A value that is missing is left out. */
export const Facts = ({ facts }: { facts: [string, ComponentChildren][] }) => (
  <dl class="facts">{facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
);
