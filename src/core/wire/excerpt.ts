/** The number of bytes of text that may still be shown. */
export class Allowance {
  #left: number;
  readonly #whole: Allowance | undefined;

  /** @param whole the allowance that this one is a part of */
  constructor(bytes: number, whole?: Allowance) {
    this.#left = bytes;
    this.#whole = whole;
  }

  get left(): number {
    return Math.max(0, Math.min(this.#left, this.#whole?.left ?? this.#left));
  }

  take(bytes: number): void {
    this.#left -= bytes;
    this.#whole?.take(bytes);
  }
}

/** How what is shown differs from the record. */
export interface Display {
  /** What is shown instead of the value of a field; `undefined` if the value is shown. */
  hide(name: string): string | undefined;
  text(text: string): string;
}

/**
 * Copies as much of a record as the allowance permits, with a mark where the rest is missing. The time depends on what is shown,
 * not on the size of the record.
 */
export function excerptOf(record: object, allowance: Allowance, display: Display): Record<string, unknown> {
  const fields: (readonly [string, unknown])[] = [];
  for (const name in record) {
    if (!Object.hasOwn(record, name)) continue;
    if (allowance.left < name.length) {
      fields.push(['[cut]', 'more fields']);
      break;
    }
    allowance.take(Buffer.byteLength(name) + PUNCTUATION);
    fields.push([name, display.hide(name) ?? excerptOfValue(Reflect.get(record, name), allowance, display)]);
  }
  // An assignment would not keep a field called `__proto__`.
  return Object.fromEntries(fields);
}

/** Quotes, colon and comma. */
const PUNCTUATION = 4;

function excerptOfValue(value: unknown, allowance: Allowance, display: Display): unknown {
  if (typeof value === 'string') return excerptOfText(value, allowance, display);
  if (Array.isArray(value)) return excerptOfList(value, allowance, display);
  if (typeof value === 'object' && value !== null) return excerptOf(value, allowance, display);
  allowance.take(String(value).length);
  return value;
}

function excerptOfList(list: readonly unknown[], allowance: Allowance, display: Display): readonly unknown[] {
  const items: unknown[] = [];
  for (const item of list) {
    if (allowance.left === 0) {
      items.push(`[cut: ${list.length - items.length} more]`);
      break;
    }
    allowance.take(1);
    items.push(excerptOfValue(item, allowance, display));
  }
  return items;
}

function excerptOfText(text: string, allowance: Allowance, display: Display): string {
  const { left } = allowance;
  const bytes = Buffer.from(text.slice(0, left));
  allowance.take(bytes.length);
  if (text.length <= left && bytes.length <= left) return display.text(text);
  // The decoder leaves out a character that is cut in two.
  const kept = new TextDecoder().decode(bytes.subarray(0, left), { stream: true });
  return `${display.text(kept)}[cut: ${text.length - kept.length} more characters]`;
}
