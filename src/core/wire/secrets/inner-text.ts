import type { Span } from './spans.ts';

/** A part of another text, without the escapes of that text. */
export interface InnerText {
  readonly text: string;
  readonly isEscaped: boolean;
  /** Converts spans of this text, which are in order, to spans of the outer text. */
  toOuter(spans: readonly Span[]): readonly Span[];
}

/** How a kind of text escapes characters. Every escape stands for one character. */
interface Escapes {
  readonly pattern: RegExp;
  readonly decode: (escape: string) => string;
  readonly encodeMark: (mark: string) => string;
}

export const NO_ESCAPES: Escapes = { pattern: /(?!)/g, decode: String, encodeMark: String };

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export const JSON_ESCAPES: Escapes = {
  pattern: /\\(?:u[\da-f]{4}|[^]?)/gi,
  decode: (escape) =>
    escape.length > 2 ? toCharacter(escape.slice(2)) : (CONTROLS[escape.slice(1)] ?? escape.slice(-1)),
  encodeMark: (mark) => mark.replaceAll(/["\\]/g, '\\$&'),
};

/** Bytes become characters: names and signs are ASCII, and only they matter. The brackets of a mark stay readable. */
export const PERCENT_ESCAPES: Escapes = {
  pattern: /%[\da-f]{2}|\+/gi,
  decode: (escape) => (escape === '+' ? ' ' : toCharacter(escape.slice(1))),
  encodeMark: (mark) => mark.replaceAll('\\', '%5C').replaceAll('"', '%22'),
};

function toCharacter(hexadecimal: string): string {
  return String.fromCharCode(Number.parseInt(hexadecimal, 16));
}

export function decode(text: string, escapes: Escapes): string {
  return text.replaceAll(escapes.pattern, escapes.decode);
}

export function toInnerText(outer: string, from: number, to: number, escapes: Escapes): InnerText {
  const raw = outer.slice(from, to);
  const text = decode(raw, escapes);
  return {
    text,
    isEscaped: text !== raw,
    toOuter: (spans) => {
      const found = spans.length > 0 ? [...raw.matchAll(escapes.pattern)] : [];
      let [next, shift] = [0, from];
      const toOffset = (offset: number): number => {
        for (; from + (found[next]?.index ?? Infinity) < offset + shift; next += 1) {
          shift += (found[next]?.[0].length ?? 1) - 1;
        }
        return offset + shift;
      };
      return spans.map((span) => ({
        from: toOffset(span.from),
        to: toOffset(span.to),
        mark: escapes.encodeMark(span.mark),
      }));
    },
  };
}
