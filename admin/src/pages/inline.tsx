/** A value of a table that is changed in place: Enter keeps it, Escape leaves it as it was. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface InlineProps {
  label: string;
  text: string;
  value: string;
  mark: string;
  inputMode: 'decimal' | 'text';
  /** Returns what is wrong with what was typed, or nothing. It is the one of the moment when the value was opened, so that what is typed counts from what was seen then. */
  save: (typed: string) => string | undefined;
}

export function InlineEdit({ label, text, value, mark, inputMode, save }: InlineProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string>();
  const input = useRef<HTMLInputElement>(null), button = useRef<HTMLButtonElement>(null);
  const isOpen = typed !== null;
  const opened = useRef({ value, save });
  if (!isOpen) opened.current = { value, save };
  const isDone = useRef(false); // the input loses the focus once more when it goes away
  useLayoutEffect(() => { if (isOpen) { isDone.current = false; input.current?.focus(); input.current?.select(); } }, [isOpen]);

  const close = (back: boolean) => {
    isDone.current = true;
    setTyped(null);
    setWrong(undefined);
    if (back) requestAnimationFrame(() => button.current?.focus());
  };
  const keep = (back: boolean) => {
    if (typed === null || isDone.current) return;
    const found = typed.trim() === opened.current.value ? undefined : opened.current.save(typed.trim());
    if (found && back) return setWrong(found);
    close(back);
  };
  if (!isOpen) return <button type="button" ref={button} class="inline" data-key={mark} aria-label={`${label}: ${text}`} onClick={() => setTyped(value)}>{text}</button>;
  return (
    <span class="inline-edit">
      <input ref={input} type="text" inputMode={inputMode} aria-label={label} aria-invalid={wrong !== undefined} value={typed} maxLength={24}
        onInput={event => setTyped(event.currentTarget.value)} onBlur={() => keep(false)}
        onKeyDown={event => {
          if (event.key === 'Enter') { event.preventDefault(); keep(true); }
          if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(true); }
        }} />
      {wrong && <span class="wrong" role="alert">{wrong}</span>}
    </span>
  );
}
