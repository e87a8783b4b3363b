/** `#/customers`: who has ordered, by email address; and one of them with their orders and addresses. */
import { api, apiPage, type Schemas } from '../api.js';
import { count, countryName, money } from '../format.js';
import { href, usePlace } from '../router.js';
import { useCan, useSession } from '../session.js';
import { useList, useQuery } from '../store.js';
import { t } from '../texts.js';
import { Empty, Facts, LinkButton, ListTable, Loaded, PageFrame, SearchBox, Section, Time, type Column } from '../ui.js';
import { AddressLines } from './address.js';
import { MailLines } from './mail_lines.js';
import { orderColumns, refundedOf, type OrderRow } from './order_list.js';

type Customer = Schemas['CustomerRow'];

const orders_max = 1000; // of one address: the API counts no more
const addresses_of = 5; // orders whose addresses are shown

export const CustomerPages = ({ rest: [email] }: { rest: string[] }) => (email === undefined ? <CustomerList /> : <CustomerPage email={email} />);

const ordersOf = (customer: Customer) => (customer.orders >= orders_max ? t.today.orMore(count(orders_max)) : count(customer.orders));

function useColumns(): Column<Customer>[] {
  const { currency } = useSession();
  return [
    { head: t.email, kind: 'wide', phone: 'first', cell: row => <a class="strong cut" data-open href={href(`customers/${encodeURIComponent(row.email)}`)}>{row.email}</a> },
    { head: t.name, kind: 'wide', phone: 'left', cell: row => <span class="cut">{row.name ?? <span class="soft">–</span>}{row.country && <span class="soft"> · {countryName(row.country)}</span>}</span> },
    { head: t.customers.orders, kind: 'number', phone: 'right', unit: t.customers.ordersUnit, cell: ordersOf },
    { head: t.customers.spent, kind: 'number', phone: 'aside', cell: row => money(row.spent, currency) },
    { head: t.customers.last, kind: 'tight', phone: 'off', cell: row => <span class="soft"><Time at={row.last_order_at} /></span> },
  ];
}

function CustomerList() {
  const { query } = usePlace(), q = query.get('q') ?? '';
  const list = useList(`customers:list:${q}`, after => apiPage('/admin/customers', { query: q.length < 2 ? {} : { q } }, after));
  return (
    <PageFrame title={t.customers.title}>
      <div class="filters"><SearchBox label={t.customers.search} /></div>
      <ListTable label={t.customers.title} list={list} columns={useColumns()} idOf={row => row.email}
        empty={q ? <Empty icon="search" title={t.customers.noneFound}>{t.customers.noneFoundHint}</Empty> : <Empty icon="customers" title={t.customers.none}>{t.customers.noneHint}</Empty>} />
    </PageFrame>
  );
}

const isSame = (a: string | null, b: string) => a !== null && a.toLowerCase() === b.toLowerCase();

/** What went back, and what is left of what the customer paid; nothing of it if there are more orders than are shown. */
function sumsOf({ spent }: Customer, rows: OrderRow[] | null, currency: string): [string, string][] {
  const refunded = refundedOf(rows ?? []);
  return refunded === 0 ? [] : [[t.today.refunded, money(refunded, currency)], [t.order.kept, money(spent - refunded, currency)]];
}

/** The addresses of some orders, each once. */
async function addressesOf(rows: OrderRow[]) {
  const desks = await Promise.all(rows.slice(0, addresses_of).map(row => api('get', '/admin/orders/{order_id}', { path: { order_id: row.id } })));
  const found = desks.flatMap(({ order }) => [order.shipping_address, order.billing_address]).filter(address => address !== null);
  return [...new Map(found.map(address => [JSON.stringify(address), address])).values()];
}

function CustomerPage({ email }: { email: string }) {
  const { currency } = useSession(), can = useCan();
  const seesOrders = can('orders:read');
  const customer = useQuery(`customers:one:${email}`, async () => (await apiPage('/admin/customers', { query: { q: email, limit: 20 } })).rows.find(row => isSame(row.email, email)) ?? null);
  const list = useList(`orders:customer:${email}`, async after => {
    if (!seesOrders) return { rows: [], next: null, total: null };
    const page = await apiPage('/admin/orders', { query: { q: email } }, after);
    return { ...page, rows: page.rows.filter(row => isSame(row.email, email)) }; // the API also finds what begins like it
  });
  const addresses = useQuery(`customers:addresses:${email}:${list.data?.rows[0]?.id ?? ''}`, () => addressesOf(list.data?.rows ?? []));
  const name = customer.data?.name;
  return (
    <PageFrame title={name ?? email} back={{ href: '#/customers', text: t.customers.title }} under={name && email} actions={<LinkButton icon="mails" href={`mailto:${encodeURIComponent(email)}`}>{t.customers.write}</LinkButton>}>
      <Loaded query={customer}>
        {found => (found === null ? <Empty icon="customers" title={t.customers.noneFound}>{t.customers.noneFoundHint}</Empty> : (
          <div class="columns">
            <div class="main-column">
              {seesOrders && <Section title={t.customers.orders}><ListTable label={t.customers.orders} list={list} columns={orderColumns(list.data?.rows ?? [])} idOf={row => row.id} empty={<p class="hint">{t.order.none}</p>} /></Section>}
              <MailLines q={email} has={mail => isSame(mail.to, email)} />
            </div>
            <div class="side-column">
              <Section title={t.customers.sums}>
                <Facts facts={[[t.customers.spent, money(found.spent, currency)], ...sumsOf(found, list.data?.next === null ? list.data.rows : null, currency), [t.customers.paid, count(found.paid_orders)], [t.customers.placed, ordersOf(found)], [t.customers.last, <Time at={found.last_order_at} />]]} />
              </Section>
              <Section title={t.customers.addresses}>
                {list.data && addresses.data?.length ? <ul class="plain-list">{addresses.data.map(address => <li key={JSON.stringify(address)}><AddressLines address={address} /></li>)}</ul> : list.data && addresses.data && <p class="hint">{t.order.noAddress}</p>}
              </Section>
            </div>
          </div>
        ))}
      </Loaded>
    </PageFrame>
  );
}
