import { Allowance } from '../../core/wire/excerpt.ts';
import { Redaction } from '../../core/wire/redaction.ts';
import type { Comparison, Compared } from './comparison.ts';
import { isOfShape, type Difference } from './difference.ts';
import type { PassedOver } from './reads.ts';

/** A difference with the read that shows it. */
export interface ReportedDifference extends Difference {
  readonly request: string;
  readonly operation: string;
}

/** Answers with one status by one operation. */
export interface ComparedAnswer {
  readonly operation: string;
  /** Of ours. */
  readonly status: number;
  readonly reads: number;
  /** How many of them the service answers otherwise. */
  readonly differing: number;
  /** How many have other values, and are the same in all else. */
  readonly otherValues: number;
}

/** What came of a comparison, as it is printed and kept: without credentials. */
export interface Report {
  /** Of this format. */
  readonly comparison: 1;
  readonly version: string;
  readonly provider: string;
  /** The host, with its port if that is not the usual one. */
  readonly target: string;
  readonly at: string;
  readonly compared: number;
  readonly same: number;
  readonly differences: readonly ReportedDifference[];
  /** Differences that are not listed. */
  readonly more: number;
  readonly unanswered: readonly PassedOver[];
  readonly passedOver: readonly PassedOver[];
  /** Reads that were the same as an earlier one, and were sent once. */
  readonly repeated: number;
  readonly answers: readonly ComparedAnswer[];
}

/** Bytes of a value that are shown. */
const SHOWN = 2000;

/**
 * @param secrets names of headers, parameters and fields
 * @param given values of headers, which stand nowhere in it, even where a service repeats them
 */
export function toReport(
  head: Pick<Report, 'version' | 'provider' | 'target' | 'at'>,
  comparison: Comparison,
  { secrets, given }: { readonly secrets: readonly string[]; readonly given: readonly string[] },
): Report {
  const { compared, unanswered, passedOver, repeated, more } = comparison;
  const redaction = new Redaction(secrets);
  const conceal = createConcealment(given);
  const name = <T extends { readonly request: string }>(one: T): T => ({
    ...one,
    request: redaction.text(one.request),
  });
  const show = (where: string, value: unknown): unknown => {
    const field = where.split(/[./]/).findLast((part) => !/^\d+$/.test(part)) ?? where;
    return redaction.record({ [field]: value }, new Allowance(SHOWN))[field];
  };
  const differences = compared.flatMap(({ request, operation, differences: own }) =>
    own.map(({ where, kind, ...sides }): ReportedDifference => ({
      ...{ request, operation, where, kind },
      ...('ours' in sides && { ours: show(where, sides.ours) }),
      ...('theirs' in sides && { theirs: show(where, sides.theirs) }),
    })),
  );
  return conceal({
    comparison: 1,
    ...head,
    compared: compared.length,
    same: compared.filter((one) => one.differences.length === 0).length,
    differences: differences.map(name),
    more,
    unanswered: unanswered.map(name),
    passedOver: passedOver.map(name),
    repeated,
    answers: listAnswers(compared),
  });
}

function listAnswers(compared: readonly Compared[]): readonly ComparedAnswer[] {
  const answers = new Map<string, ComparedAnswer>();
  for (const { operation, status, differences } of compared) {
    const key = `${operation} ${status}`;
    const known = answers.get(key) ?? { operation, status, reads: 0, differing: 0, otherValues: 0 };
    const isDiffering = differences.some(isOfShape);
    const isOther = !isDiffering && differences.length > 0;
    answers.set(key, {
      ...known,
      reads: known.reads + 1,
      differing: known.differing + Number(isDiffering),
      otherValues: known.otherValues + Number(isOther),
    });
  }
  return [...answers.values()];
}

/** Of a shorter one more would be taken for it than it is. */
const SHORTEST = 4;

/** Takes values out of all texts of something, the credential behind a word such as "Bearer" by itself too. */
function createConcealment(given: readonly string[]): <T>(value: T) => T {
  const secrets = given
    .flatMap((value) => [value, value.replace(/^\S+\s+/, '')])
    .filter((value) => value.length >= SHORTEST)
    .sort((one, other) => other.length - one.length);
  const hide = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text);
  const conceal = (value: unknown): unknown => {
    if (typeof value === 'string') return hide(value);
    if (Array.isArray(value)) return value.map(conceal);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [hide(name), conceal(one)]));
  };
  return <T>(value: T): T => conceal(value) as T;
}
