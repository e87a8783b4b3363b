/** How the shop does: what came in, what is to be done, and the latest orders. */
import { useState } from 'preact/hooks';
import { api, apiPage, type QueryOf, type Schemas } from '../api.js';
import { days_key } from '../early.js';
import { count, lastDays, money, roundMoney, signedPercent } from '../format.js';
import { Icon } from '../icons.js';
import { href, setQuery, usePlace } from '../router.js';
import { useSession } from '../session.js';
import { useList, useQuery } from '../store.js';
import { t } from '../texts.js';
import { Empty, Loaded, PageFrame, Section, Segments, Table } from '../ui.js';
import { orderColumns } from './order_list.js';
import { Chart } from './today_chart.js';
import { FirstSteps, useFirstSteps } from './today_steps.js';

type Summary = Schemas['Summary'];
type Days = NonNullable<QueryOf<'/admin/summary'>['days']>;

const spans: Days[] = ['7', '30', '365'];

/** The address decides how many days are shown; else the browser remembers it. */
function useDays(): [Days, (days: Days) => void] {
  const { query } = usePlace();
  const kept = query.get('days') ?? localStorage.getItem(days_key);
  const choose = (days: Days) => {
    localStorage.setItem(days_key, days);
    setQuery({ days });
  };
  return [spans.find(days => days === kept) ?? '30', choose];
}

export function TodayPage() {
  const [days, choose] = useDays();
  const summary = useQuery(`summary:${days}`, () => api('get', '/admin/summary', { query: { days } }));
  const latest = useList('orders:today:latest', () => apiPage('/admin/orders', { query: { limit: 8 } }));
  const steps = useFirstSteps(latest.data && latest.data.rows.length > 0);
  const isFresh = latest.data?.rows.length === 0;
  if (isFresh) {
    return (
      <PageFrame title={t.today.title}>
        {steps ? <FirstSteps steps={steps} isFresh /> : <Empty icon="orders" title={t.today.first}>{t.today.firstHint}</Empty>}
      </PageFrame>
    );
  }
  const tabs = <Segments label={t.today.spans} options={spans.map(span => [span, t.today.span[span]])} value={days} onChange={choose} />;
  return (
    <PageFrame title={t.today.title} actions={tabs} under={summary.data && <SoFar summary={summary.data} />}>
      <Loaded query={summary}>{found => <><Figures summary={found} days={days} /><Taken summary={found} /></>}</Loaded>
      <ToShip />
      <Section title={t.today.latest} actions={<a href={href('orders')}>{t.today.allOrders}</a>}>
        <Loaded query={latest}>{page => <Table label={t.today.latest} columns={orderColumns(page.rows)} rows={page.rows} idOf={row => row.id} />}</Loaded>
      </Section>
      {steps && <FirstSteps steps={steps} />}
    </PageFrame>
  );
}

function SoFar({ summary }: { summary: Summary }) {
  const today = summary.series.at(-1);
  return today ? <>{t.today.soFar(today.orders, money(today.revenue, summary.currency))}</> : null;
}

/** What waits to be packed. */
function ToShip() {
  const list = useList('orders:today:unshipped', () => apiPage('/admin/orders', { query: { fulfillment: 'unshipped', limit: 5 } }));
  return (
    <Section title={t.today.toShip} actions={<a href={href('orders', { view: 'unshipped' })}>{t.today.allToShip}</a>}>
      <Loaded query={list}>
        {page => (page.rows.length === 0
          ? <p class="hint">{t.today.toShipNone}. {t.today.toShipHint}</p>
          : <Table label={t.today.toShip} columns={orderColumns(page.rows)} rows={page.rows} idOf={row => row.id} />)}
      </Loaded>
    </Section>
  );
}

interface Figure {
  name: string;
  value: string;
  href: string | null;
  /** How it was in as many days before. */
  before?: { now: number; then: number; text: string; isGoodUp?: boolean } | undefined;
  /** Something waits to be done. */
  waits?: boolean;
}

const count_max = 100_000; // the API counts so far
const counted = (n: number) => (n >= count_max ? t.today.orMore(count(n)) : count(n));

function figuresOf({ taken, before, currency, ...now }: Summary, days: Days): Figure[] {
  const price = (amount: number) => money(amount, currency), paid = href('orders', { view: 'paid', days });
  const compare = (of: 'orders' | 'revenue' | 'average' | 'refunded', text: (n: number) => string, isGoodUp = true) =>
    (before.orders === 0 && before.refunded === 0 ? undefined : { now: taken[of] ?? 0, then: before[of] ?? 0, text: text(before[of] ?? 0), isGoodUp });
  return [
    { name: t.today.revenue, value: price(taken.revenue), href: paid, before: compare('revenue', price) },
    { name: t.today.orders, value: count(taken.orders), href: paid, before: compare('orders', count) },
    { name: t.today.average, value: taken.average === null ? '–' : price(taken.average), href: paid, before: compare('average', price) },
    { name: t.today.refunded, value: price(taken.refunded), href: null, before: compare('refunded', price, false) },
    { name: t.today.toShip, value: counted(now.to_ship), href: href('orders', { view: 'unshipped' }), waits: now.to_ship > 0 },
    { name: t.today.lowStock, value: now.low_stock === null ? t.today.many : count(now.low_stock), href: href('products', { view: 'low', below: now.low_stock_below }), waits: now.low_stock !== 0 },
    { name: t.today.soldOut, value: counted(now.sold_out), href: href('products', { view: 'low', below: 1 }), waits: now.sold_out > 0 },
    { name: t.today.failedPayments, value: counted(now.failed_payments), href: href('orders', { view: 'payment_failed', days }), waits: now.failed_payments > 0 },
  ];
}

function Figures({ summary, days }: { summary: Summary; days: Days }) {
  const figures = figuresOf(summary, days);
  return (
    <>
      <p class="hint figures-hint">{t.today.figuresOf(lastDays(Number(days)))}</p>
      <section class="figures" aria-label={t.today.figures}>
        {figures.map(figure => <FigureBox key={figure.name} figure={figure} days={days} />)}
      </section>
    </>
  );
}

function FigureBox({ figure: { name, value, href: to, before, waits }, days }: { figure: Figure; days: Days }) {
  const inside = (
    <>
      <span class="figure-name">{name}{to && <Icon name="next" />}</span>
      <strong class={waits ? 'waits' : undefined}>{value}</strong>
      {before && <Change {...before} days={days} />}
    </>
  );
  return to ? <a class="figure" href={to}>{inside}</a> : <div class="figure">{inside}</div>;
}

function Change({ now, then, text, isGoodUp, days }: NonNullable<Figure['before']> & { days: Days }) {
  const isSame = now === then, isGood = (now > then) === isGoodUp;
  const change = then === 0 ? '' : signedPercent(now / then - 1);
  return (
    <small class="soft" title={t.today.before(text, t.today.days(days))}>
      {change && <b class={isSame ? undefined : isGood ? 'gain' : 'loss'}>{change}</b>} {t.today.from(text)}
    </small>
  );
}

/** The chart, of revenue or of orders. */
function Taken({ summary }: { summary: Summary }) {
  const [of, choose] = useState<'revenue' | 'orders'>('revenue');
  const { currency } = useSession();
  const show = of === 'revenue' ? (n: number) => money(n, currency) : count, short = of === 'revenue' ? (n: number) => roundMoney(n, currency) : count;
  return (
    <Section title={t.today.chart[of]} actions={<Segments label={t.today.chartOf} options={[['revenue', t.today.revenue], ['orders', t.today.orders]]} value={of} onChange={choose} />}>
      <Chart label={t.today.chart[of]} days={summary.series.map(day => ({ day: day.day, value: day[of] }))} show={show} short={short} />
      {summary.days_missing > 0 && <p class="hint">{t.today.missing(summary.days_missing)}</p>}
    </Section>
  );
}
