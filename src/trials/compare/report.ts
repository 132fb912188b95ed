import type { Comparison, Compared } from './comparison.ts';
import type { Difference } from './difference.ts';
import type { PassedOver } from './reads.ts';

/** A difference and the read that shows it. */
export interface ReportedDifference extends Difference {
  readonly request: string;
  readonly operation: string;
}

/** The responses of one operation with one status. */
export interface ComparedAnswer {
  readonly operation: string;
  /** The emulator's status. */
  readonly status: number;
  readonly reads: number;
  /** The number of responses that the service gives differently. */
  readonly differing: number;
  /** The number of responses that differ in values only. */
  readonly otherValues: number;
}

/** The report of a comparison, printed and stored without credentials. */
export interface Report {
  /** The format of the report. */
  readonly comparison: 1;
  readonly version: string;
  readonly provider: string;
  /** The host, with its port unless it is the default. */
  readonly target: string;
  readonly at: string;
  readonly compared: number;
  readonly same: number;
  readonly differences: readonly ReportedDifference[];
  /** The number of differences that are not listed. */
  readonly more: number;
  readonly unanswered: readonly PassedOver[];
  readonly passedOver: readonly PassedOver[];
  /** The number of reads that repeat an earlier one. */
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

/** A HEAD does not count, because too little of the response is visible. */
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
