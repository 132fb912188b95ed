export const REDACTED = '[redacted]';

/** A part of a text that is not shown, and what stands there instead. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly mark: string;
}

export const NO_SPANS: readonly Span[] = [];

/** @param spans in order, apart from each other */
export function hideSpans(text: string, spans: readonly Span[]): string {
  let shown = '';
  let at = 0;
  for (const { from, to, mark } of spans) {
    shown += text.slice(at, from) + mark;
    at = to;
  }
  return shown + text.slice(at);
}

/** What either of two readings of a text hides. Parts that overlap or meet are one. */
export function uniteSpans(some: readonly Span[], others: readonly Span[]): readonly Span[] {
  if (some.length === 0 || others.length === 0) return some.length === 0 ? others : some;
  const united: Span[] = [];
  for (const span of [...some, ...others].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = united.at(-1);
    if (!last || span.from > last.to) united.push(span);
    else if (span.to > last.to) united.splice(-1, 1, { ...last, to: span.to });
  }
  return united;
}

/** A part of a text without its escapes. */
export interface Decoded {
  readonly text: string;
  /** What was hidden in the decoded text, as parts of the text that it comes from. */
  toOrigin(spans: readonly Span[]): readonly Span[];
}

/** What stands between the quotes of a JSON string; an escape that is cut off is left out. */
export function decodeJsonString(text: string, from: number, to: number): Decoded {
  return decode(text, from, to, JSON_ESCAPES);
}

/** What stands in a URL or a form. Bytes are characters here: names and signs are ASCII, and only they matter. */
export function decodePercent(text: string, from: number, to: number): Decoded {
  return decode(text, from, to, PERCENT_ESCAPES);
}

/** How a kind of text writes what it cannot hold as it is. */
interface Escapes {
  readonly pattern: RegExp;
  readonly toCharacter: (escape: string) => string;
  readonly encodeMark: (mark: string) => string;
}

const JSON_ESCAPES: Escapes = {
  pattern: /\\(?:u[0-9a-f]{4}|[^u]|$|u)/giu,
  toCharacter: toJsonCharacter,
  encodeMark: (mark) => mark.replaceAll(/["\\]/g, '\\$&'),
};

const PERCENT_ESCAPES: Escapes = {
  pattern: /%[0-9a-f]{2}|\+/gi,
  toCharacter: (escape) => (escape === '+' ? ' ' : String.fromCharCode(Number.parseInt(escape.slice(1), 16))),
  // Brackets stay as they are, for people.
  encodeMark: (mark) => mark.replaceAll('\\', '%5C').replaceAll('"', '%22'),
};

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function toJsonCharacter(escape: string): string {
  if (escape.length === 6) return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  const escaped = escape.slice(1);
  return CONTROLS[escaped] ?? escaped;
}

/** An escape, and where the characters that it makes begin and end in the decoded text. */
interface Escape {
  readonly from: number;
  readonly to: number;
  readonly decodedFrom: number;
  readonly decodedTo: number;
}

function decode(text: string, from: number, to: number, { pattern, toCharacter, encodeMark }: Escapes): Decoded {
  const raw = text.slice(from, to);
  const escapes: Escape[] = [];
  let decoded = '';
  let at = 0;
  for (const { 0: escape, index } of raw.matchAll(pattern)) {
    decoded += raw.slice(at, index);
    const decodedFrom = decoded.length;
    decoded += toCharacter(escape);
    at = index + escape.length;
    escapes.push({ from: index, to: at, decodedFrom, decodedTo: decoded.length });
  }
  decoded += raw.slice(at);
  return {
    text: decoded,
    toOrigin: (spans) => {
      const find = createOrigin(escapes, from);
      return spans.map((span) => ({ from: find(span.from), to: find(span.to), mark: encodeMark(span.mark) }));
    },
  };
}

/** Finds the origins of places that are asked for in order. */
function createOrigin(escapes: readonly Escape[], from: number): (place: number) => number {
  let next = 0;
  let shift = from;
  return (place) => {
    for (let escape = escapes[next]; escape && escape.decodedTo <= place; escape = escapes[next]) {
      shift = from + escape.to - escape.decodedTo;
      next += 1;
    }
    return place + shift;
  };
}
