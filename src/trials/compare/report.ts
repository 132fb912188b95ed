import type { Comparison, Compared } from './comparison.ts';
import type { Difference } from './difference.ts';
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

export function toReport(
  head: Pick<Report, 'version' | 'provider' | 'target' | 'at'>,
  { compared, unanswered, passedOver, repeated, more }: Comparison,
): Report {
  return {
    comparison: 1,
    ...head,
    compared: compared.length,
    same: compared.filter(({ isSame }) => isSame).length,
    differences: compared.flatMap(({ request, operation, differences }) =>
      differences.map((one) => ({ request, operation, ...one })),
    ),
    ...{ more, unanswered, passedOver, repeated },
    answers: listAnswers(compared),
  };
}

/** Of a HEAD's too little is seen to count it. */
function listAnswers(compared: readonly Compared[]): readonly ComparedAnswer[] {
  const answers = new Map<string, ComparedAnswer>();
  for (const { operation, status, isHead, isSame, isDiffering } of compared) {
    if (isHead) continue;
    const key = `${operation} ${status}`;
    const known = answers.get(key) ?? { operation, status, reads: 0, differing: 0, otherValues: 0 };
    answers.set(key, {
      ...known,
      reads: known.reads + 1,
      differing: known.differing + Number(isDiffering),
      otherValues: known.otherValues + Number(!isSame && !isDiffering),
    });
  }
  return [...answers.values()];
}
