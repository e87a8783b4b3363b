/** Forms: inputs with their label, their hint and what the server said of them. */
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { ApiError, newIdempotencyKey } from './api.js';
import { plainMoney, parseMoney } from './format.js';
import { t } from './texts.js';
import { reasonOf } from './toasts.js';

export interface Form<V> {
  values: V;
  set: (changes: Partial<V>) => void;
  errorOf: (name: string) => string | undefined;
  error: string | null;
  busy: boolean;
  isChanged: boolean;
  /** Sends the form once, and shows what was wrong with it. */
  submit: (send: (values: V, key: string) => Promise<unknown>) => (event?: Event) => void;
  reset: (values: V) => void;
}

/** Faults that the desk itself finds, by the names of their fields. */
export class FormError extends Error {
  readonly fields: Record<string, string>;
  constructor(field: string | Record<string, string>, message = '') {
    super(message);
    this.fields = typeof field === 'string' ? { [field]: message } : field;
  }
}

/** Reads several values of a form. Throws the faults of all of them together, so that each field is marked at once. */
export function together<R extends object>(readers: { [name in keyof R]: () => R[name] }): R {
  const faults: Record<string, string> = {}, found: Partial<R> = {};
  for (const name of Object.keys(readers) as (keyof R)[]) {
    try {
      found[name] = readers[name]();
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
      Object.assign(faults, error.fields);
    }
  }
  if (Object.keys(faults).length > 0) throw new FormError(faults);
  return found as R;
}

/** A text that may not be empty. */
export function neededOf(field: string, typed: string): string {
  if (typed.trim() === '') throw new FormError(field, t.errors.needed);
  return typed.trim();
}

/** The values of a form, and its sending. The key makes a form that is sent again after a lost answer count once. */
export function useForm<V extends object>(initial: V): Form<V> {
  const [values, setValues] = useState(initial);
  const [start, setStart] = useState(initial);
  const [issues, setIssues] = useState<Record<string, string>>({});
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newIdempotencyKey());
  const busyNow = useRef(false);

  const fail = (thrown: unknown) => {
    const found: Record<string, string> = {};
    if (thrown instanceof FormError) Object.assign(found, thrown.fields);
    if (thrown instanceof ApiError) for (const { field, message } of thrown.issues) found[field] ??= message;
    setIssues(found);
    setError(Object.keys(found).length > 0 ? t.errors.form : reasonOf(thrown));
    if (thrown instanceof ApiError && thrown.status > 0) key.current = newIdempotencyKey();
    requestAnimationFrame(() => (document.querySelector('[aria-invalid=true]') as HTMLElement | null)?.focus());
  };

  const run = async (send: (values: V, key: string) => Promise<unknown>) => {
    if (busyNow.current) return;
    busyNow.current = true;
    setBusy(true);
    setError(null);
    setIssues({});
    try {
      await send(values, key.current);
      setStart(values);
      key.current = newIdempotencyKey();
    } catch (thrown) {
      fail(thrown);
    }
    busyNow.current = false;
    setBusy(false);
  };

  return {
    values,
    set: changes => setValues(now => ({ ...now, ...changes })),
    errorOf: name => issues[name] ?? Object.entries(issues).find(([field]) => field.startsWith(name + '.'))?.[1],
    error,
    busy,
    isChanged: JSON.stringify(values) !== JSON.stringify(start),
    submit: send => event => {
      event?.preventDefault();
      void run(send);
    },
    reset: next => {
      setValues(next);
      setStart(next);
      setIssues({});
      setError(null);
    },
  };
}

export const FormAlert = ({ form }: { form: { error: string | null } }) => (
  <div role="alert">{form.error && <p class="alert">{form.error}</p>}</div>
);

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  hideLabel?: boolean;
  children: (wiring: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ComponentChildren;
}

export function Field({ label, hint, error, hideLabel, children }: FieldProps) {
  const id = useId(), about = [error && `${id}-e`, hint && `${id}-h`].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'unseen' : undefined}>{label}</label>
      {children({ id, 'aria-describedby': about, 'aria-invalid': error !== undefined })}
      {error && <p class="wrong" id={`${id}-e`}>{error}</p>}
      {hint && <p class="hint" id={`${id}-h`}>{hint}</p>}
    </div>
  );
}

type Names<V, T> = { [K in keyof V]: V[K] extends T ? K : never }[keyof V] & string;

interface BoundProps<V, T> {
  form: Form<V>;
  name: Names<V, T>;
  label: string;
  hint?: ComponentChildren;
  hideLabel?: boolean;
}

interface InputProps {
  type?: 'text' | 'email' | 'password' | 'url';
  inputMode?: 'decimal' | 'numeric' | 'tel' | 'text';
  autocomplete?: string;
  autofocus?: boolean;
  list?: string;
  maxLength?: number;
  placeholder?: string;
  spellcheck?: boolean;
  /** A sign in front of what is typed, such as the currency's. */
  sign?: string;
}

/** A line of text. It always has a longest length: Preact makes it 0 where an input with one becomes one without. */
export function Text<V extends object>({ form, name, label, hint, hideLabel, sign, ...rest }: BoundProps<V, string> & InputProps) {
  return (
    <Field label={label} hint={hint} error={form.errorOf(name)} hideLabel={hideLabel ?? false}>
      {wiring => {
        const input = (
          <input {...({ type: 'text', autocomplete: 'off', maxLength: 1000, ...rest, ...wiring } as object)} value={form.values[name] as string}
            onInput={event => form.set({ [name]: event.currentTarget.value } as Partial<V>)} />
        );
        return sign ? <span class="signed"><span aria-hidden="true">{sign}</span>{input}</span> : input;
      }}
    </Field>
  );
}

export function Area<V extends object>({ form, name, label, hint, rows = 4, ...rest }: BoundProps<V, string> & { rows?: number; maxLength?: number; spellcheck?: boolean; placeholder?: string }) {
  return (
    <Field label={label} hint={hint} error={form.errorOf(name)}>
      {wiring => (
        <textarea rows={rows} {...rest} {...wiring} value={form.values[name] as string}
          onInput={event => form.set({ [name]: event.currentTarget.value } as Partial<V>)} />
      )}
    </Field>
  );
}

export function Choice<V extends object>({ form, name, label, hint, options, hideLabel }: BoundProps<V, string> & { options: [string, string][] }) {
  return (
    <Field label={label} hint={hint} error={form.errorOf(name)} hideLabel={hideLabel ?? false}>
      {wiring => (
        <select {...wiring} value={form.values[name] as string} onChange={event => form.set({ [name]: event.currentTarget.value } as Partial<V>)}>
          {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check<V extends object>({ form, name, label, hint }: BoundProps<V, boolean>) {
  const id = useId();
  return (
    <div class="check">
      <input type="checkbox" id={id} aria-describedby={hint ? `${id}-h` : undefined} checked={form.values[name] as boolean}
        onChange={event => form.set({ [name]: event.currentTarget.checked } as Partial<V>)} />
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-h`}>{hint}</p>}
    </div>
  );
}

/** One of a few, side by side. */
export function Radios<V extends object>({ form, name, label, options }: BoundProps<V, string> & { options: [string, string, string?][] }) {
  const id = useId();
  return (
    <fieldset class="radios">
      <legend>{label}</legend>
      {options.map(([value, text, hint]) => (
        <label key={value} class="radio">
          <input type="radio" name={id} value={value} checked={form.values[name] === value} onChange={() => form.set({ [name]: value } as Partial<V>)} />
          <span>{text}{hint && <small>{hint}</small>}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The minor units of a form's amount. */
export function amountOf(field: string, typed: string, currency: string): number {
  const amount = parseMoney(typed, currency);
  if (Number.isNaN(amount)) throw new FormError(field, t.errors.amount(plainMoney(1250, currency)));
  return amount;
}

/** The same, or null if it is empty. */
export const amountOrNull = (field: string, typed: string, currency: string) => (typed.trim() === '' ? null : amountOf(field, typed, currency));

/** A whole number of a form, or null where it is empty and may be. */
export function wholeOf(field: string, typed: string): number | null {
  if (typed.trim() === '') return null;
  const number = Number(typed.trim());
  if (!Number.isSafeInteger(number)) throw new FormError(field, t.errors.whole);
  return number;
}

/** A number with a step down and up, as a clerk with a thumb needs it. */
export function Stepper({ value, min, max, label, onChange }: { value: number; min: number; max: number; label: string; onChange: (value: number) => void }) {
  const to = (next: number) => onChange(Math.min(max, Math.max(min, Number.isFinite(next) ? Math.trunc(next) : min)));
  return (
    <span class="stepper">
      <button type="button" aria-label={t.less(label)} disabled={value <= min} onClick={() => to(value - 1)}>−</button>
      <input type="text" inputMode="numeric" aria-label={label} value={String(value)} onChange={event => { to(Number(event.currentTarget.value)); event.currentTarget.value = String(value); }} />
      <button type="button" aria-label={t.more(label)} disabled={value >= max} onClick={() => to(value + 1)}>+</button>
    </span>
  );
}
