import { parseArgs } from 'node:util';

export interface Options {
  /** Of each measurement under load. */
  readonly seconds: number;
  readonly rounds: number;
  /** Ids of rows; none means all. */
  readonly only: readonly string[];
  readonly markdown: boolean;
  /** Whether to end with 1 where an exchange has become slower than it may. */
  readonly check: boolean;
  /** The file that a plot goes to. */
  readonly svg: string | undefined;
}

/** @throws for what is no option, no row or no number */
export function parseOptions(words: readonly string[], ids: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '9' },
      only: { type: 'string', multiple: true, default: [] },
      markdown: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      svg: { type: 'string' },
    },
  });
  const only = values.only.flatMap((list) => list.split(','));
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`There is no row "${unknown}". Known: ${ids.join(', ')}.`);
  return {
    seconds: parseCount('seconds', values.seconds),
    rounds: parseCount('rounds', values.rounds),
    only,
    markdown: values.markdown,
    check: values.check,
    svg: values.svg,
  };
}

/** wrk and autocannon both take whole seconds only. */
function parseCount(name: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number from 1 to 9999, got "${text}".`);
}
