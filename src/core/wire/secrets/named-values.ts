import type { JsonScanner } from '../../values/json-scanner.ts';
import { decode, JSON_ESCAPES } from './inner-text.ts';
import type { SecretNames } from './names.ts';
import { REDACTED, type Span } from './spans.ts';

/** What is known of an open object. */
interface Open {
  /** What the value that comes next is. */
  next?: 'label' | 'value' | undefined;
  isSecret?: boolean;
  from?: number;
  to?: number;
}

const LABELS = new Set(['name', 'key']);

/** Finds the values of objects such as `{"name": "password", "value": "s"}`, whichever field comes first. */
export class NamedValues {
  readonly #names: SecretNames;
  readonly #open: Open[] = [];
  #lastEnd = 0;

  constructor(names: SecretNames) {
    this.#names = names;
  }

  /** Takes the next token, and returns a value that is hidden, if that is known now. */
  take({ text, token, start, end }: JsonScanner): Span | undefined {
    const open = this.#open.at(-1);
    const string = decode(text.slice(start + 1, end - 1), JSON_ESCAPES).toLowerCase();
    if (open) {
      const isPast = token === 'name' || token === '}';
      if (isPast && open.from !== undefined) open.to ??= this.#lastEnd;
      if (!isPast) {
        if (open.next === 'label' && token === 'string' && this.#names.has(string)) open.isSecret = true;
        if (open.next === 'value') open.from = start;
      }
      open.next = undefined;
      if (token === 'name') open.next = LABELS.has(string) ? 'label' : string === 'value' ? 'value' : undefined;
    }
    this.passTo(end);
    if (token === '{') this.#open.push({});
    return token === '}' ? toSpan(this.#open.pop(), end) : undefined;
  }

  /** Reports that the text was read up to an offset. */
  passTo(end: number): void {
    this.#lastEnd = end;
  }

  /** Returns the values in objects that the text does not end. */
  end({ text, start }: JsonScanner): readonly Span[] {
    return this.#open.flatMap((open) => {
      const cut = open.next === 'value' ? { ...open, from: start } : open;
      return toSpan(cut, text.length) ?? [];
    });
  }
}

function toSpan(open: Open | undefined, end: number): Span | undefined {
  if (!open?.isSecret || open.from === undefined) return undefined;
  return { from: open.from, to: open.to ?? end, mark: `"${REDACTED}"` };
}
