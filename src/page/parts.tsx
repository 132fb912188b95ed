import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { EmulatorError } from '../client.ts';
import { toShown, toShownUnit } from './amount.ts';
import type { Verdict } from './verdict.ts';

/** What somebody is told of what they did; one at a time. */
const notice = signal<
  { readonly text: string; readonly isBad: boolean; readonly undo?: (() => void) | undefined } | undefined
>(undefined);
let leaving: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string, undo?: () => void): void {
  notice.value = { text, isBad: false, undo };
  clearTimeout(leaving);
  leaving = setTimeout(() => (notice.value = undefined), 10_000);
}

export function tellFailure(error: unknown): void {
  clearTimeout(leaving);
  notice.value = { text: toWords(error), isBad: true };
}

/** Does something and says what came of it. */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act();
    if (done !== undefined) tell(done);
    return true;
  } catch (error) {
    tellFailure(error);
    return false;
  }
}

/** Does one thing at a time: while it is under way, whoever asks again is not heard. */
export function useOnce(): readonly [isBusy: boolean, once: (act: () => Promise<unknown>) => Promise<void>] {
  const [isBusy, setBusy] = useState(false);
  // The second click may come before the first one was drawn.
  const isUnderWay = useRef(false);
  const once = async (act: () => Promise<unknown>): Promise<void> => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setBusy(true);
    try {
      await act();
    } finally {
      isUnderWay.current = false;
      setBusy(false);
    }
  };
  return [isBusy, once];
}

export function toWords(error: unknown): string {
  if (error instanceof EmulatorError) return `${error.title}: ${error.detail} ${error.hint}`.trim();
  return error instanceof Error ? error.message : String(error);
}

export function Toast(): JSX.Element {
  const shown = notice.value;
  const undo = shown?.undo;
  return (
    <div class="toasts" role={shown?.isBad ? 'alert' : 'status'}>
      {shown && (
        <div class={shown.isBad ? 'toast bad' : 'toast'} onFocusIn={() => clearTimeout(leaving)}>
          <span>{shown.text}</span>
          {undo && (
            <button
              onClick={() => {
                notice.value = undefined;
                undo();
              }}
            >
              Undo
            </button>
          )}
          <button aria-label="Dismiss" onClick={() => (notice.value = undefined)}>
            ×
          </button>
        </div>
      )}
    </div>
  );
}

export function Copy({
  text,
  label = 'Copy',
}: {
  readonly text: string | (() => Promise<string>);
  readonly label?: string;
}): JSX.Element {
  const [isDone, setDone] = useState(false);
  const onClick = (): void => {
    void attempt(async () => {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    });
  };
  return (
    <button class="small" aria-label={isDone ? 'Copied' : label} onClick={onClick}>
      {isDone ? 'Copied' : label.startsWith('Copy ') && label !== 'Copy as curl' ? 'Copy' : label}
    </button>
  );
}

export function Amount({ value, unit }: { readonly value: string; readonly unit: string }): JSX.Element {
  return (
    <span class="amount" title={value}>
      <span class="number">{toShown(value, unit)}</span> <span class="soft">{toShownUnit(unit)}</span>
    </span>
  );
}

/** Data of a client: never markup, whatever direction it is written in. */
export function Data({ text }: { readonly text: string }): JSX.Element {
  return <bdi class="data">{text}</bdi>;
}

export function Status({
  status,
  ended,
}: {
  readonly status: number | null;
  readonly ended?: string | undefined;
}): JSX.Element {
  const kind = status === null || status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'ok';
  return <span class={`chip ${kind}`}>{status ?? ended ?? 'none'}</span>;
}

export function VerdictMark({ verdict }: { readonly verdict: Verdict }): JSX.Element | null {
  if (verdict === 'agree') return null;
  return <span class={verdict === 'odd' ? 'verdict hollow' : 'verdict'}>{verdict}</span>;
}

/** Characters of a text that are shown at first. */
const SHOWN = 4096;
/** Characters that are laid out at most: what is longer stops a browser. */
const MOST = 262_144;

/** A body, laid out where it is JSON. */
export function Text({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const laidOut = text.length > MOST ? text : toLaidOut(text);
  const shown = isWhole ? laidOut.slice(0, MOST) : laidOut.slice(0, SHOWN);
  if (text === '') return <p class="soft">Empty.</p>;
  return (
    <>
      <pre tabIndex={0} role="region" aria-label={label} dir="auto">
        {shown}
      </pre>
      {laidOut.length > shown.length && !isWhole && (
        <button class="small" onClick={() => setWhole(true)}>
          Show all {laidOut.length} characters
        </button>
      )}
    </>
  );
}

function toLaidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** One of the browser's own: it keeps the focus in, and Esc closes it. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      current?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onCancel={onClose}>
      <div class="dialog-head">
        <h2 id="dialog-title">{title}</h2>
        <button aria-label="Close" class="small" onClick={onClose}>
          ×
        </button>
      </div>
      {children}
    </dialog>
  );
}

/** What cannot be taken back, in the words of what it does. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly act: string;
  readonly run: () => Promise<unknown>;
  readonly done: string;
  /** Takes a snapshot first, under this name. */
  readonly keep?: ((name: string) => Promise<unknown>) | undefined;
}

export function Confirm({
  question,
  onClose,
}: {
  readonly question: Question;
  readonly onClose: () => void;
}): JSX.Element {
  const { title, text, run, done, keep } = question;
  const [isKept, setKept] = useState(false);
  const [isBusy, once] = useOnce();
  const act = async (): Promise<void> => {
    if (keep && isKept) await keep('before-page');
    await run();
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void once(() => attempt(act, done).then(onClose));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <p>{text}</p>
        {keep && (
          <label class="check">
            <input type="checkbox" checked={isKept} onChange={({ currentTarget }) => setKept(currentTarget.checked)} />
            Take the snapshot "before-page" first; it holds the state, not the journal.
          </label>
        )}
        <div class="acts">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button class="danger" aria-disabled={isBusy}>
            {question.act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

export function Field({ label, children }: FieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

export interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (string | readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}

export function Choice({ label, value, options, onChange }: ChoiceProps): JSX.Element {
  return (
    <Field label={label}>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map((option) => {
          const [key, text] = typeof option === 'string' ? [option, option] : option;
          return (
            <option key={key} value={key} selected={key === value}>
              {text}
            </option>
          );
        })}
      </select>
    </Field>
  );
}
