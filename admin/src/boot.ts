/** Runs in the page's head, before anything is painted: the colours that were chosen, and the first calls of the API. */
import { days_key, earlyPaths, scopes_key, type Answer } from './early.js';
import { startTheme } from './theme.js';

async function ask(path: string): Promise<Answer> {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  return { response, text: await response.text() };
}

startTheme();
const scopes = localStorage.getItem(scopes_key);
if (scopes !== null) document.documentElement.dataset['known'] = '';
window.tillEarly = new Map(earlyPaths(location.hash, scopes, localStorage.getItem(days_key)).map(path => [path, ask(path)]));
for (const answer of window.tillEarly.values()) answer.catch(() => {}); // whoever takes it sees the failure
