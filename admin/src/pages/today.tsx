/** How the shop does today: what is to be shipped, and what came in. */
import { apiPage } from '../api.js';
import { href } from '../router.js';
import { useCan } from '../session.js';
import { useList } from '../store.js';
import { t } from '../texts.js';
import { Empty, LinkButton, Loaded, PageFrame, Section, Table } from '../ui.js';
import { orderColumns } from './order_list.js';

export function TodayPage() {
  const can = useCan();
  const toShip = useList('orders:today:unshipped', () => apiPage('/admin/orders', { query: { fulfillment: 'unshipped', limit: 5 } }));
  const latest = useList('orders:today:latest', () => apiPage('/admin/orders', { query: { limit: 8 } }));
  const isFresh = latest.data?.rows.length === 0;
  return (
    <PageFrame title={t.today.title}>
      {isFresh ? (
        <Empty icon="orders" title={t.today.first} action={can('products:write') && <LinkButton look="primary" href={href('products')}>{t.nav.products}</LinkButton>}>{t.today.firstHint}</Empty>
      ) : (
        <>
          <Section title={t.today.toShip} actions={<a href={href('orders', { view: 'unshipped' })}>{t.today.allToShip}</a>}>
            <Loaded query={toShip}>
              {page => (page.rows.length === 0
                ? <p class="hint">{t.today.toShipNone}. {t.today.toShipHint}</p>
                : <Table label={t.today.toShip} columns={orderColumns} rows={page.rows} idOf={row => row.id} />)}
            </Loaded>
          </Section>
          <Section title={t.today.latest}>
            <Loaded query={latest}>{page => <Table label={t.today.latest} columns={orderColumns} rows={page.rows} idOf={row => row.id} />}</Loaded>
          </Section>
        </>
      )}
    </PageFrame>
  );
}
