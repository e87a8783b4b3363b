/** What just happened, at the foot of the window, and with it the way back. Also: changes that show before the server has answered. */
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';
import { ApiError } from './api.js';
import { Icon } from './icons.js';
import { refresh } from './store.js';
import { t } from './texts.js';

interface Toast {
  id: number;
  text: string;
  isError: boolean;
  undo: (() => void) | undefined;
  link?: { href: string; text: string };
  /** It is gone, and leaves a gap of so many pixels while others stand above it. */
  gap?: number;
}

/** From the foot of the window upwards. No toast moves while it is shown, because its *Undo* may be under the pointer just then: a new
 * one takes the place of one that says the same, or of one that is gone, or stands above the others. */
let toasts: Toast[] = [];
let last = 0, update = () => {};

const shown_ms = 8000, shown_max = 3;

/** The toasts with the pointer or the focus on them. */
const held = new Set<number>();

function put(toast: Omit<Toast, 'id'>) {
  const next = { ...toast, id: ++last };
  const isSame = (one: Toast) => one.gap === undefined && !held.has(one.id) && (toast.link ? one.link !== undefined : one.text === toast.text);
  const same = toasts.findIndex(isSame), gap = held.size > 0 ? -1 : toasts.findIndex(one => one.gap !== undefined);
  const at = same >= 0 ? same : gap >= 0 ? gap : toasts.length;
  toasts = [...toasts.slice(0, at), next, ...toasts.slice(at + 1)];
  const rest = toasts.filter(one => one !== next && one.gap === undefined).sort((a, b) => b.id - a.id);
  if (!toast.link) for (const one of rest.slice(shown_max - 1)) if (!held.has(one.id)) leave(one.id); // news of the shop pushes out nothing that could be undone
  update();
}

export const say = (text: string, undo?: () => void) => put({ text, undo, isError: false });
export const sayWithLink = (text: string, href: string, link: string) => put({ text, undo: undefined, isError: false, link: { href, text: link } });
export const sayError = (text: string) => put({ text, undo: undefined, isError: true });

const elementOf = (id: number) => `toast-${id}`;

function leave(id: number) {
  const gap = document.getElementById(elementOf(id))?.offsetHeight ?? 0;
  toasts = toasts.map(toast => (toast.id === id ? { ...toast, gap } : toast));
  while (toasts.at(-1)?.gap !== undefined) toasts = toasts.slice(0, -1);
}

const drop = (id: number) => {
  leave(id);
  update();
};

/** Why something was refused, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.status === 0) return t.errors.offline;
  const known = (t.errors.known as Record<string, string>)[error.message];
  if (error.retryAfter > 0) return t.errors.wait(error.retryAfter);
  return known ?? (error.message || t.errors.server(error.status));
}

export interface Act<R> {
  /** Shows the change at once. Returns what takes it back. */
  apply?: () => () => void;
  send: () => Promise<R>;
  /** What to say when the server has it, or how its reply is said; nothing if it can be seen. */
  done?: string | ((reply: R) => string) | undefined;
  /** What is undone, in words, and what it takes. It returns what could not be undone, in words. */
  undo?: { what: string; run: (reply: R) => Promise<unknown> } | undefined;
  /** What did not happen, if the server refuses. */
  failed: string;
  /** Keys of what to read again. */
  refresh?: string[];
  /** The row that shows that it was taken back. */
  row?: string | undefined;
}

/** Makes a change that shows at once, and takes it back, visibly, if the server refuses it. Returns the reply, or undefined. */
export async function act<R>(o: Act<R>): Promise<R | undefined> {
  const back = o.apply?.();
  try {
    const reply = await o.send();
    const { undo } = o;
    if (o.done) say(typeof o.done === 'string' ? o.done : o.done(reply), undo && (() => void act({ send: () => undoing(undo.what, undo.run(reply)), failed: t.notUndone(undo.what), refresh: o.refresh ?? [] })));
    if (o.refresh) void refresh(...o.refresh);
    return reply;
  } catch (error) {
    back?.();
    sayError(`${o.failed}: ${reasonOf(error)}`);
    if (o.row) flash(o.row);
    if (o.refresh) void refresh(...o.refresh);
    return undefined;
  }
}

async function undoing(what: string, work: Promise<unknown>): Promise<void> {
  const left = await work;
  if (typeof left === 'string') sayError(left);
  else say(t.undone(what));
}

/** Marks a row whose change was taken back. */
export function flash(row: string) {
  requestAnimationFrame(() => {
    const found = document.querySelector(`[data-row="${CSS.escape(row)}"]`);
    found?.classList.add('taken-back');
    setTimeout(() => found?.classList.remove('taken-back'), 3000);
  });
}

export function Toasts() {
  const [, next] = useReducer((n: number) => n + 1, 0);
  update = () => next(undefined as never);
  const latest = Math.max(...toasts.filter(({ undo, gap }) => undo && gap === undefined).map(({ id }) => id)); // the key undoes the last change
  const linesOf = (areErrors: boolean) => toasts.map((toast, order) => toast.isError === areErrors && (toast.gap === undefined ? <ToastLine key={toast.id} toast={toast} order={order} isLatest={toast.id === latest} /> : <div key={toast.id} style={{ order, height: `${toast.gap}px` }} />));
  return (
    <div class="toasts" role="region" aria-label={t.toasts}>
      <div aria-live="polite">{linesOf(false)}</div>
      <div aria-live="assertive">{linesOf(true)}</div>
    </div>
  );
}

/** An error stays until it is closed, and any other while the pointer or the focus is on it. */
function ToastLine({ toast, order, isLatest }: { toast: Toast; order: number; isLatest: boolean }) {
  const [isPointed, point] = useState(false), [isFocused, focus] = useState(false), isHeld = isPointed || isFocused;
  useLayoutEffect(() => {
    if (isHeld) held.add(toast.id);
    const timer = toast.isError || isHeld ? 0 : setTimeout(() => drop(toast.id), shown_ms);
    return () => {
      held.delete(toast.id);
      clearTimeout(timer);
    };
  }, [isHeld]);
  return (
    <div id={elementOf(toast.id)} class={toast.isError ? 'toast error' : 'toast'} style={{ order }} onMouseEnter={() => point(true)} onMouseLeave={() => point(false)} onFocusIn={() => focus(true)} onFocusOut={() => focus(false)}>
      <span>{toast.text}</span>
      {toast.link && <a href={toast.link.href} onClick={() => drop(toast.id)}>{toast.link.text}</a>}
      {toast.undo && <button type="button" data-key={isLatest ? 'u' : undefined} onClick={() => { drop(toast.id); toast.undo!(); }}>{t.undo}</button>}
      <button type="button" class="icon" aria-label={t.close} onClick={() => drop(toast.id)}><Icon name="x" /></button>
    </div>
  );
}
