export const REDACTED = '[redacted]';

/** A part of a text that is hidden, and what is shown instead. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly mark: string;
}

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

/** Sorts spans, and makes one of those that overlap or meet. */
export function uniteSpans(spans: Iterable<Span>): readonly Span[] {
  const united: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = united.at(-1);
    if (!last || span.from > last.to) united.push(span);
    else if (span.to > last.to) united.splice(-1, 1, { ...last, to: span.to });
  }
  return united;
}
