/** What to do first in a new shop: steps that tick themselves off. */
import { useEffect, useState } from 'preact/hooks';
import { api, apiPage } from '../api.js';
import { Icon } from '../icons.js';
import { href } from '../router.js';
import { useCan } from '../session.js';
import { useOnce, useQuery } from '../store.js';
import { t } from '../texts.js';
import { Button, Section } from '../ui.js';

interface Step {
  name: keyof typeof t.today.steps;
  to: string | null;
  isDone: boolean;
}

const hidden_key = 'till-desk-started';

/** The steps; null: they are all done, or were put away, or are not for this one's role. */
export function useFirstSteps(hasOrders: boolean | undefined): Step[] | null {
  const can = useCan();
  const [isHidden] = useState(localStorage.getItem(hidden_key) !== null);
  const isFor = can('settings:write') && can('products:write') && !isHidden;
  const [isShown, setShown] = useState(false);
  useEffect(() => setShown(hasOrders !== undefined), [hasOrders]); // the orders are painted: what stands below them may be asked for
  const found = useQuery(isFor && isShown ? 'steps' : 'steps:later', async () => {
    if (!isFor || !isShown) return null;
    const [products, methods, rates, staff] = await Promise.all([
      apiPage('/admin/products', { query: { limit: 1 } }, null, 'cursor'),
      api('get', '/admin/shipping-methods'),
      api('get', '/admin/tax-rates'),
      can('staff:write') ? api('get', '/admin/staff') : null,
    ]);
    return { hasProducts: products.rows.length > 0, hasMethods: methods.length > 0, hasRates: rates.length > 0, hasStaff: staff === null || staff.length > 0 };
  }).data;
  const settings = useOnce('settings', async () => (can('settings:write') ? await api('get', '/admin/settings') : null));
  if (!isFor || !found || !settings || hasOrders === undefined) return null;
  const steps: Step[] = [
    { name: 'name', to: href('settings'), isDone: settings.shop_name !== '' },
    { name: 'product', to: href('products/new'), isDone: found.hasProducts },
    { name: 'shipping', to: href('shipping'), isDone: found.hasMethods },
    { name: 'taxes', to: href('taxes'), isDone: found.hasRates },
    { name: 'payments', to: null, isDone: settings.uses_stripe },
    { name: 'mail', to: href('mails'), isDone: settings.sends_mail },
    { name: 'staff', to: href('staff'), isDone: found.hasStaff },
    { name: 'order', to: href('orders/new'), isDone: hasOrders },
  ];
  return steps.every(({ isDone }) => isDone) ? null : steps;
}

export function FirstSteps({ steps, isFresh }: { steps: Step[]; isFresh?: boolean }) {
  const [isGone, setGone] = useState(false);
  const hide = () => {
    localStorage.setItem(hidden_key, '1');
    setGone(true);
  };
  if (isGone) return null;
  const done = steps.filter(({ isDone }) => isDone).length;
  return (
    <Section title={t.today.stepsTitle} hint={isFresh ? t.today.stepsHint : undefined} actions={<><span class="soft">{t.today.stepsDone(done, steps.length)}</span>{!isFresh && <Button look="quiet" onClick={hide}>{t.today.stepsHide}</Button>}</>}>
      <ol class="steps">
        {steps.map(step => <StepLine key={step.name} step={step} />)}
      </ol>
    </Section>
  );
}

function StepLine({ step: { name, to, isDone } }: { step: Step }) {
  const { title, hint } = t.today.steps[name];
  return (
    <li class={isDone ? 'done' : undefined}>
      <span class="tick">{isDone && <Icon name="check" />}<span class="unseen">{isDone ? t.today.stepDone : t.today.stepOpen}</span></span>
      <span>{to ? <a class="strong" href={to}>{title}</a> : <span class="strong">{title}</span>}{!isDone && <small>{hint}</small>}</span>
    </li>
  );
}
