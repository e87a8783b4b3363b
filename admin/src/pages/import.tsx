/** A file of products, imported in steps: sent in parts, looked through without changing anything, and then brought in, all of it or nothing. */
import { useEffect, useState } from 'preact/hooks';
import { api, apiPage, type Schemas } from '../api.js';
import { firstRows, guessPrices } from '../csv.js';
import { Check, FormAlert, Radios, useForm } from '../form.js';
import { count } from '../format.js';
import { href } from '../router.js';
import { refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, sayError } from '../toasts.js';
import { Badge, Button, Empty, Facts, Loaded, PageFrame, Section, Table, Time, Trouble, type Column, type Tone } from '../ui.js';
import { product_keys } from './product_change.js';
import { sendParts, useLines, useSending } from './import_send.js';

type Import = Schemas['ImportRead'];
type Report = Schemas['ImportReport'];

const tones: Record<Import['status'], Tone> = { open: 'wait', checking: 'info', checked: 'info', started: 'info', changing: 'info', done: 'good', failed: 'bad', deleted: 'dull' };
const back = { href: '#/products', text: t.product.title };
const runs = (status: Import['status']) => status === 'checking' || status === 'started' || status === 'changing';

/** `open` has two meanings: parts are missing, or it waits to be looked through. */
const stateOf = ({ status, parts, parts_received }: Import) => (status === 'open' && parts_received === parts ? t.imports.whole : t.imports.states[status]);

export function ImportPages({ rest: [id] }: { rest: string[] }) {
  return id === undefined ? <ImportList /> : <ImportPage id={id} />;
}

function ImportList() {
  const query = useQuery('imports', () => apiPage('/admin/imports'));
  const columns: Column<Import>[] = [
    { head: t.imports.file, kind: 'wide', phone: 'first', cell: row => <a class="strong cut" data-open href={href(`import/${row.id}`)}>{row.name}</a> },
    { head: t.imports.rows, kind: 'number', phone: 'right', cell: row => row.report && count(row.report.rows) },
    { head: t.status, kind: 'tight', phone: 'aside', cell: row => <Badge tone={tones[row.status]}>{stateOf(row)}</Badge> },
    { head: t.date, kind: 'tight', phone: 'left', cell: row => <span class="soft"><Time at={row.created_at} /></span> },
  ];
  return (
    <PageFrame title={t.imports.title} back={back}>
      <p class="hint under">{t.imports.hint}</p>
      <ChooseFile />
      <Section title={t.imports.latest}>
        <Loaded query={query}>{({ rows }) => (rows.length === 0 ? <p class="hint">{t.imports.none}</p> : <Table label={t.imports.latest} columns={columns} rows={rows} idOf={row => row.id} />)}</Loaded>
      </Section>
    </PageFrame>
  );
}

const part_bytes = 1024 * 1024;

type FirstRow = Awaited<ReturnType<typeof firstRows>>[number];

const firstColumns: Column<FirstRow>[] = [
  { head: t.product.name, kind: 'wide', phone: 'first', cell: row => row.name },
  { head: t.product.price, kind: 'number', phone: 'aside', cell: row => row.price || '–' },
  { head: t.product.stock, kind: 'number', phone: 'right', unit: t.product.inStock, cell: row => row.stock || '–' },
];

/** The file's options are asked for once it is chosen, because it shows how its prices are written. */
function ChooseFile() {
  const [file, setFile] = useState<File | null>(null);
  const [isOver, setOver] = useState(false);
  const [first, setFirst] = useState<FirstRow[]>([]);
  const form = useForm({ prices: 'decimal', update: true, stock: 'keep' });
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    form.set({ prices: await guessPrices(chosen) });
    setFirst(await firstRows(chosen));
    setFile(chosen);
  };
  const send = form.submit(async values => {
    const made = await api('post', '/admin/imports', {
      body: {
        name: file!.name.slice(0, 200) || t.imports.file, parts: Math.max(1, Math.ceil(file!.size / part_bytes)),
        prices: values.prices as 'minor' | 'decimal', update: values.update, stock: values.update ? (values.stock as 'keep' | 'set') : 'keep',
      },
    });
    void sendParts(made, file!);
    location.hash = href(`import/${made.id}`);
  });
  return (
    <form noValidate onSubmit={send} class="stack">
      <div class={isOver ? 'drop over' : 'drop'} onDragOver={event => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={event => { event.preventDefault(); setOver(false); void choose(event.dataTransfer?.files[0]); }}>
        <FileButton label={file ? t.imports.another : t.imports.choose} take={choose} />
        <p class="hint">{file ? <strong>{file.name}</strong> : t.imports.formats}</p>
      </div>
      {file && (
        <>
          <p class="hint">{t.imports.eachSize}</p>
          {first.length > 0 && <Section title={t.imports.firstRows}><Table label={t.imports.firstRows} columns={firstColumns} rows={first} idOf={row => String(row.line)} /></Section>}
          <Radios form={form} name="prices" label={t.imports.prices} options={[['decimal', t.imports.decimal], ['minor', t.imports.minor]]} />
          <Check form={form} name="update" label={t.imports.update} hint={t.imports.updateHint} />
          {form.values.update && <Radios form={form} name="stock" label={t.imports.stock} options={[['keep', t.imports.stockKeep], ['set', t.imports.stockSet]]} />}
          <FormAlert form={form} />
          <div class="actions"><Button type="submit" look="primary" busy={form.busy}>{t.imports.look}</Button></div>
        </>
      )}
    </form>
  );
}

/** A file input that looks like the other buttons. */
function FileButton({ label, take }: { label: string; take: (file: File | undefined) => unknown }) {
  return (
    <label class="button plain file-button"><span>{label}</span>
      <input type="file" accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.xml" onChange={event => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ''; }} />
    </label>
  );
}

const look_ms = 700;

function ImportPage({ id }: { id: string }) {
  const key = `import:${id}`;
  const query = useQuery(key, () => api('get', '/admin/imports/{import_id}', { path: { import_id: id } }));
  const sending = useSending(id), shown = query.data;
  useEffect(() => {
    if (!shown || !(runs(shown.status) || sending !== null)) return;
    const timer = setTimeout(() => void query.reload(), look_ms);
    return () => clearTimeout(timer);
  }, [shown, sending]);
  useEffect(() => { if (shown?.status === 'done') void refresh(...product_keys, 'categories', 'imports'); }, [shown?.status]);
  if (!shown) return <PageFrame title={t.imports.title} back={{ href: '#/import', text: t.imports.title }}>{query.error ? <Trouble error={query.error} /> : <Loaded query={query}>{() => null}</Loaded>}</PageFrame>;
  const path = { import_id: id };
  const start = () => act({ send: () => api('post', '/admin/imports/{import_id}/start', { path }), failed: t.imports.notStarted, refresh: [key] });
  const check = () => act({ send: () => api('post', '/admin/imports/{import_id}/check', { path }), failed: t.imports.notStarted, refresh: [key] });
  const giveUp = async () => {
    if (await act({ send: () => api('delete', '/admin/imports/{import_id}', { path }).then(() => true), done: t.imports.gaveUp, failed: t.notRemoved, refresh: ['imports'] })) location.hash = href('import');
  };
  const isWhole = shown.next_part === null, isGood = shown.report !== null && shown.report.bad_count === 0 && !shown.report.error;
  return (
    <PageFrame title={shown.name} back={{ href: '#/import', text: t.imports.title }} badge={<Badge tone={tones[shown.status]}>{stateOf(shown)}</Badge>} narrow
      under={<Time at={shown.created_at} />} actions={<>
        {shown.status === 'checked' && isGood && <Button look="primary" data-key="e" onClick={() => void start()}>{t.imports.start(shown.report!.added, shown.report!.changed)}</Button>}
        {isWhole && (shown.status === 'open' || shown.status === 'failed') && <Button look="primary" onClick={() => void check()}>{t.imports.lookAgain}</Button>}
        {shown.status !== 'done' && shown.status !== 'changing' && shown.status !== 'deleted' && <Button look="quiet" onClick={() => void giveUp()}>{t.imports.giveUp}</Button>}
      </>}>
      <Progress shown={shown} sending={sending} />
      {shown.status === 'open' && !isWhole && sending === null && <GoOn shown={shown} />}
      {shown.report && <ReportShown report={shown.report} status={shown.status} id={id} />}
      {shown.status === 'done' && <div class="actions after"><a class="button primary" href="#/products">{t.imports.seeProducts}</a></div>}
    </PageFrame>
  );
}

function Progress({ shown, sending }: { shown: Import; sending: number | null }) {
  const words = sending !== null ? t.imports.sending(sending, shown.parts) : runs(shown.status) ? `${t.imports.states[shown.status]} … ${shown.rows > 0 ? t.imports.rowsSoFar(count(shown.rows)) : ''}` : null;
  if (words === null) return null;
  const part = sending !== null ? sending / shown.parts : shown.percent / 100;
  return <div class="progress"><progress value={part} max={1} aria-label={t.imports.states[shown.status]} /><p class="hint" aria-live="polite">{words}</p></div>;
}

/** After an upload that broke: the same file, and it goes on. */
function GoOn({ shown }: { shown: Import }) {
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.name !== shown.name || Math.max(1, Math.ceil(file.size / part_bytes)) !== shown.parts) sayError(t.imports.otherFile(shown.name));
    else void sendParts(shown, file);
  };
  return <Empty icon="upload" title={t.imports.broke(shown.parts_received, shown.parts)} action={<FileButton label={t.imports.chooseAgain} take={take} />}>{t.imports.brokeHint(shown.name)}</Empty>;
}

const rowColumns = (lines: string[] | undefined): Column<Schemas['ImportBadRow']>[] => [
  { head: t.imports.line, kind: 'tight', phone: 'first', cell: row => row.line ?? '–' },
  { head: t.imports.why, kind: 'wide', phone: 'line', cell: row => <>{row.error}{row.line !== null && lines?.[row.line - 1] && <small class="soft mono block break">{lines[row.line - 1]!.slice(0, 200)}</small>}</> },
];

const listOf = (counts: Schemas['ImportCount'][]) => counts.length > 0 && counts.map(({ kind, count: n }) => `${kind}: ${count(n)}`).join(', ');

function ReportShown({ report, status, id }: { report: Report; status: Import['status']; id: string }) {
  const isDone = status === 'done', lines = useLines(id);
  return (
    <>
      {report.error && <p class="alert">{report.error}</p>}
      <Section title={isDone ? t.imports.outcome : t.imports.wouldHappen} hint={status === 'checked' ? t.imports.noPreview : undefined}>
        <Facts facts={[
          [t.imports.source, report.source], [t.imports.rows, count(report.rows)], [isDone ? t.imports.added : t.imports.wouldAdd, count(report.added)], [isDone ? t.imports.changed : t.imports.wouldChange, count(report.changed)],
          [t.imports.unchanged, report.unchanged > 0 && count(report.unchanged)], [t.imports.removed, report.removed > 0 && count(report.removed)], [t.imports.otherStock, report.other_stock > 0 && count(report.other_stock)],
          [t.imports.unknown, report.unknown_columns.join(', ')], [t.imports.leftOut, listOf(report.left_out)], [t.imports.converted, listOf(report.converted)],
        ]} />
      </Section>
      {report.bad_rows.length > 0 && (
        <Section title={t.imports.badRows(report.bad_count)} hint={t.imports.badHint}>
          <Table label={t.imports.badRows(report.bad_count)} columns={rowColumns(lines)} rows={report.bad_rows} idOf={row => `${row.line}${row.error}`} />
        </Section>
      )}
    </>
  );
}

