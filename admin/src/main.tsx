/** The desk: who is signed in, its frame, and which page is shown. */
import { render } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { api, ApiError, onRefused } from './api.js';
import { earlySettled, forgetEarly, scopes_key } from './early.js';
import { Frame } from './frame.js';
import { dropUnsaved } from './router.js';
import { Accept, FactorFirst, SignIn } from './pages/sign_in.js';
import { SessionContext, type Me } from './session.js';
import { forget } from './store.js';
import { t } from './texts.js';
import { Toasts } from './toasts.js';
import { Trouble } from './ui.js';

const invitation = () => /^#accept=(.+)$/.exec(location.hash)?.[1];

interface Known {
  me: Me | null;
  currency: string;
}

/** Who is signed in, and the shop's currency. */
async function load(): Promise<Known | ApiError> {
  try {
    const [{ currency }, me] = await Promise.all([
      api('get', '/checkout'),
      api('get', '/staff/me').catch((error: unknown) => (error instanceof ApiError && error.status === 401 ? null : Promise.reject(error))),
    ]);
    return { me, currency };
  } catch (thrown) {
    return thrown instanceof ApiError ? thrown : new ApiError(0, String(thrown));
  }
}

function remember(me: Me | null) {
  if (me) localStorage.setItem(scopes_key, me.scopes.join(' '));
  else localStorage.removeItem(scopes_key);
}

function Desk({ first }: { first: Known | ApiError }) {
  const [known, setKnown] = useState(first);
  const [why, setWhy] = useState<string>();
  const [needsFactor, setNeedsFactor] = useState(false);
  const [invited, setInvited] = useState(invitation());
  const setMe = (next: (now: Me | null) => Me | null) => setKnown(now => (now instanceof ApiError ? now : { ...now, me: next(now.me) }));

  useLayoutEffect(() => {
    onRefused.secondFactor = () => setNeedsFactor(true);
    onRefused.signedOut = () => setMe(now => (now && setWhy(t.signIn.expired), null));
    addEventListener('hashchange', () => setInvited(invitation()));
  }, []);
  const me = known instanceof ApiError ? undefined : known.me;
  useLayoutEffect(() => { if (me !== undefined) remember(me); }, [me]);
  useEffect(forgetEarly, []);

  const signedIn = (found: Me) => {
    forget();
    if (invitation()) history.replaceState(null, '', '#/');
    setInvited(undefined);
    setNeedsFactor(false);
    setWhy(undefined);
    setMe(() => found);
  };
  const leave = (warning?: string) => {
    forget();
    dropUnsaved();
    location.hash = '';
    setWhy(warning);
    setMe(() => null);
  };
  const signOut = () => void api('delete', '/staff/session').then(() => leave(), (error: ApiError) => leave(error.status === 401 ? undefined : t.signIn.stillIn));

  if (known instanceof ApiError) return <main class="gate"><Trouble error={known} retry={() => void load().then(setKnown)} /></main>;
  if (invited) return <Accept token={invited} onDone={signedIn} />;
  if (!known.me) return <SignIn why={why} onDone={signedIn} />;
  const inside = needsFactor ? <FactorFirst onDone={() => signedIn(known.me!)} /> : <Frame />;
  return <SessionContext.Provider value={{ me: known.me, currency: known.currency, signOut }}>{inside}</SessionContext.Provider>;
}

const data_wait_ms = 100;

/** Takes the place of the outlines that came with the page, when there is something to show. */
async function start() {
  const app = document.getElementById('app')!, first = await load();
  await earlySettled(data_wait_ms);
  app.replaceChildren();
  render(<><Desk first={first} /><Toasts /></>, app);
}

void start();
