/**
 * The keyboard. A key presses what is marked with `data-key`: in the row that has the focus, or else on the page. So what a key does can
 * also be seen and clicked.
 */
import { useEffect, useState } from 'preact/hooks';
import { go } from './router.js';
import { t } from './texts.js';
import { Button, Dialog } from './ui.js';

const off_key = 'till-desk-no-keys';
export const keysAreOn = () => localStorage.getItem(off_key) === null;
const setKeys = (on: boolean) => (on ? localStorage.removeItem(off_key) : localStorage.setItem(off_key, '1'));

const pages: Record<string, string> = { t: '', o: 'orders', p: 'products', c: 'customers', s: 'shipping', w: 'webhooks', m: 'mails', l: 'audit' };

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && !/^(checkbox|radio|button)$/.test(target.type)));

const isSeen = (element: Element) => element.checkVisibility?.() ?? true;

function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll('main [data-row]')].filter(isSeen);
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  const target = row?.querySelector<HTMLElement>('[data-open]') ?? row?.querySelector<HTMLElement>('a, button, input');
  target?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return target !== null && target !== undefined;
}

function press(key: string): boolean {
  const mark = `[data-key="${CSS.escape(key)}"]`;
  const root = document.querySelector('dialog[open]') ?? document;
  const row = document.activeElement?.closest('[data-row]');
  const found = [...(row?.querySelectorAll<HTMLElement>(mark) ?? []), ...root.querySelectorAll<HTMLElement>(mark)].find(isSeen);
  found?.click();
  return found !== undefined;
}

/** Listens to the keys of the whole desk. */
export function useKeys(openPalette: () => void, openHelp: () => void) {
  useEffect(() => {
    let wantsPage = 0;
    const handle = (event: KeyboardEvent): boolean => {
      if ((event.metaKey || event.ctrlKey) && event.key === 'k') return openPalette(), true;
      if (!keysAreOn() || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return false;
      if (document.querySelector('dialog[open]')) return false;
      if (event.timeStamp < wantsPage && pages[event.key] !== undefined) return (wantsPage = 0), go(pages[event.key]!), true;
      if (event.key === 'g') return (wantsPage = event.timeStamp + 1500), true;
      if (event.key === 'j' || event.key === 'k') return step(event.key === 'j' ? 1 : -1);
      if (event.key === '?') return openHelp(), true;
      if (event.key === '/') {
        const box = [...document.querySelectorAll<HTMLInputElement>('[data-search]')].find(isSeen);
        if (box) box.focus(); else openPalette();
        return true;
      }
      return event.key.length === 1 && press(event.key);
    };
    const listener = (event: KeyboardEvent) => { if (handle(event)) event.preventDefault(); };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(keysAreOn());
  const turn = () => {
    setKeys(!on);
    setOn(!on);
  };
  return (
    <Dialog title={t.keyboard.title} onClose={onClose}>
      <div class="dialog-body">
        <dl class="key-list">{t.keyboard.list.map(([keys, text]) => <div key={text}><dt>{keys.split(' ').map(key => <kbd key={key}>{key}</kbd>)}</dt><dd>{text}</dd></div>)}</dl>
      </div>
      <footer><Button onClick={turn}>{on ? t.keyboard.turnOff : t.keyboard.turnOn}</Button></footer>
    </Dialog>
  );
}
