/** Sends a file part by part, while the reader may look at other pages. A part that does not arrive is sent again. */
import { useEffect, useReducer, useState } from 'preact/hooks';
import { api, ApiError, sendPart, type Schemas } from '../api.js';
import { refresh } from '../store.js';
import { t } from '../texts.js';
import { reasonOf, sayError } from '../toasts.js';

const part_bytes = 1024 * 1024;
const tries_max = 5;
const wait_ms = 1000; // before the second try; twice as long before each further one

const sent = new Map<string, number>();
const listeners = new Set<() => void>();
const tell = () => listeners.forEach(listener => listener());

const shown_bytes_max = 5 * 1024 * 1024;
const files = new Map<string, File>();

/** The lines of a file that this page has sent, to show those that are wrong. */
export function useLines(id: string): string[] | undefined {
  const [lines, setLines] = useState<string[]>();
  useEffect(() => {
    const file = files.get(id);
    if (file && file.size <= shown_bytes_max) void file.text().then(text => setLines(text.split('\n')));
  }, [id]);
  return lines;
}

/** How many parts of an import this page has sent; null: it sends none. */
export function useSending(id: string): number | null {
  const [, update] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const listener = () => update(undefined as never);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return sent.get(id) ?? null;
}

async function sendOne(id: string, n: number, part: Blob) {
  for (let i = 1; ; i++) {
    try {
      return await sendPart(id, n, part);
    } catch (error) {
      const isFinal = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
      if (isFinal || i === tries_max) throw error;
      await new Promise(done => setTimeout(done, wait_ms * 2 ** (i - 1)));
    }
  }
}

/** Sends the parts that are missing, and then has the file looked through. */
export async function sendParts(to: Schemas['ImportRead'], file: File) {
  if (sent.has(to.id)) return;
  const first = to.next_part ?? 1;
  sent.set(to.id, first - 1);
  files.set(to.id, file);
  tell();
  try {
    for (let n = first; n <= to.parts; n++) {
      await sendOne(to.id, n, file.slice((n - 1) * part_bytes, n * part_bytes));
      sent.set(to.id, n);
      tell();
    }
    await api('post', '/admin/imports/{import_id}/check', { path: { import_id: to.id } });
  } catch (error) {
    sayError(`${t.imports.notSent}: ${reasonOf(error)}`);
  }
  sent.delete(to.id);
  void refresh(`import:${to.id}`, 'imports');
  tell();
}
