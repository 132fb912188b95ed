import { readFile } from 'node:fs/promises';

import { ConfigError } from '../../core/values/config-error.ts';
import { toListSchema } from '../../core/values/json-schema.ts';
import { checkSchema } from '../../core/values/json-schema-check.ts';
import { toMessage } from '../../core/values/message.ts';
import type { ComparedAnswer, Report } from './report.ts';

/** The evidence for a response, as far as a comparison can change it. */
export interface Known {
  readonly provider: string;
  readonly operation: string;
  readonly status: number;
  readonly level: 'documented' | 'observed' | 'assumed';
  readonly source: string;
  readonly count: number;
}

type Kept = Pick<Report, 'provider' | 'target' | 'at' | 'answers'>;

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const counts = { operation: text, status: count, reads: count, differing: count, otherValues: count };
const schema = {
  type: 'object',
  required: ['comparison', 'provider', 'target', 'at', 'answers'],
  properties: {
    ...{ comparison: { const: 1 }, provider: text, target: text, at: text },
    answers: toListSchema(Object.keys(counts), counts),
  },
};

/** Reads what `compare --keep` wrote. @throws {ConfigError} */
export async function readKept(file: string): Promise<Kept> {
  const written = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file} cannot be read: ${toMessage(error)}`);
  });
  let content: unknown;
  try {
    content = JSON.parse(written);
  } catch (error) {
    throw new ConfigError(`${file} is not a comparison: ${toMessage(error)}`);
  }
  const { mistakes } = checkSchema(schema, content);
  const [first] = mistakes;
  if (first) throw new ConfigError(`${file} is not a comparison: ${`${first.pointer} ${first.message}`.trim()}`);
  // The schema has checked the type.
  return content as Kept;
}

/** Levels of evidence, weakest first. */
const LEVELS: readonly string[] = ['assumed', 'observed', 'documented'];

/** Updates the evidence of a run with comparisons: an assumed response that was seen counts as observed. */
export function withKept<T extends Known>(relied: readonly T[], kept: readonly Kept[]): readonly T[] {
  return relied
    .map((one): T => {
      const seen = kept.flatMap(({ provider, target, at, answers }) =>
        answers
          .filter(
            ({ operation, status }) =>
              provider === one.provider && operation === one.operation && status === one.status,
          )
          .map((answer) => ({ answer, where: `${target} on ${at.slice(0, 10)}` })),
      );
      if (seen.length === 0) return one;
      const differing = seen.filter(({ answer }) => answer.differing > 0);
      const told = (differing.length > 0 ? differing : seen).map(({ answer, where }) => describe(answer, where));
      const isObserved = one.level === 'assumed' && differing.length === 0;
      if (one.level !== 'assumed' && differing.length === 0) return one;
      return { ...one, ...(isObserved && { level: 'observed' }), source: [one.source, ...told].join('; ') };
    })
    .sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level) || other.count - one.count);
}

function describe({ differing, otherValues, reads }: ComparedAnswer, where: string): string {
  if (differing > 0) return `${where} answered ${differing} of ${reads} otherwise`;
  return otherValues > 0
    ? `the same at ${where}, but for values of ${otherValues} of ${reads}`
    : `the same at ${where}`;
}
