/** The desk: who is signed in, its frame, and which page is shown. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError, onRefused } from './api.js';
import { Frame } from './frame.js';
import { Accept, FactorFirst, SignIn } from './pages/sign_in.js';
import { SessionContext, type Me } from './session.js';
import { forget } from './store.js';
import { t } from './texts.js';
import { startTheme } from './theme.js';
import { Toasts } from './toasts.js';
import { Trouble, Waiting } from './ui.js';

const invitation = () => /^#accept=(.+)$/.exec(location.hash)?.[1];

function Desk() {
  const [me, setMe] = useState<Me | null>();
  const [currency, setCurrency] = useState('usd');
  const [error, setError] = useState<ApiError | null>(null);
  const [why, setWhy] = useState<string>();
  const [needsFactor, setNeedsFactor] = useState(false);
  const [invited, setInvited] = useState(invitation());

  const start = async () => {
    setError(null);
    try {
      const [{ currency }, found] = await Promise.all([
        api('get', '/checkout'),
        api('get', '/staff/me').catch((error: unknown) => (error instanceof ApiError && error.status === 401 ? null : Promise.reject(error))),
      ]);
      setCurrency(currency);
      setMe(found);
    } catch (thrown) {
      setError(thrown instanceof ApiError ? thrown : new ApiError(0, String(thrown)));
    }
  };
  useEffect(() => {
    onRefused.secondFactor = () => setNeedsFactor(true);
    onRefused.signedOut = () => setMe(now => (now && setWhy(t.signIn.expired), now && null));
    addEventListener('hashchange', () => setInvited(invitation()));
    void start();
  }, []);

  const signedIn = (found: Me) => {
    forget();
    if (invitation()) history.replaceState(null, '', '#/');
    setInvited(undefined);
    setNeedsFactor(false);
    setWhy(undefined);
    setMe(found);
  };
  const signOut = () => void api('delete', '/staff/session').catch(() => {}).finally(() => {
    forget();
    location.hash = '';
    setMe(null);
  });

  if (error) return <main class="gate"><Trouble error={error} retry={() => void start()} /></main>;
  if (me === undefined) return <main class="gate"><Waiting rows={0} /></main>;
  if (invited) return <Accept token={invited} onDone={signedIn} />;
  if (!me) return <SignIn why={why} onDone={signedIn} />;
  const inside = needsFactor ? <FactorFirst onDone={() => signedIn(me)} /> : <Frame />;
  return <SessionContext.Provider value={{ me, currency, signOut }}>{inside}</SessionContext.Provider>;
}

startTheme();
render(<><Desk /><Toasts /></>, document.getElementById('app')!);
