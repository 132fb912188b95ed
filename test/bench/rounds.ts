import { measureContest, prepareContest, type Contest, type Contestants, type ContestSample } from './contest.ts';
import type { Quiet } from './quiet.ts';
import type { Bench, Pair, Row } from './row.ts';
import { REPETITIONS, type Timing } from './timings.ts';

/** One round's figures of one row. */
export interface Sample {
  readonly baseline: number;
  readonly ours: number;
}

export interface Measured<T, S> {
  readonly subject: T;
  readonly samples: readonly S[];
}

export interface Measurements {
  readonly contests: readonly Measured<Contest, ContestSample>[];
  readonly pairs: readonly Measured<Row, Sample>[];
  readonly times: readonly Measured<Timing, number>[];
}

interface Plan {
  readonly rounds: number;
  readonly contests: readonly Contest[];
  readonly rows: readonly Row[];
  readonly timings: readonly Timing[];
}

/** Every row in every round, so that a quiet or a busy minute of the machine is everybody's. */
export async function measureInRounds(bench: Bench, { rounds, contests, rows, timings }: Plan): Promise<Measurements> {
  const met: { subject: Contest; contestants: Contestants; samples: ContestSample[] }[] = [];
  for (const subject of contests) {
    note(`warming up: ${subject.title}`);
    met.push({ subject, contestants: await prepareContest(bench, subject), samples: [] });
  }
  const pairs: { subject: Row; pair: Pair; samples: Sample[] }[] = [];
  for (const subject of rows) {
    note(`warming up: ${subject.title}`);
    pairs.push({ subject, pair: await subject.prepare(bench), samples: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { subject, contestants, samples } of met) {
      const sample = await measureContest(bench.quiet, contestants, round);
      samples.push(sample);
      const { http, express, ours } = sample;
      const figures = [http, express, ours].map(({ cpu }) => cpu.toFixed(1)).join(', ');
      note(`round ${round + 1} of ${rounds}: ${subject.title}, ${figures} µs`);
    }
    for (const { subject, pair, samples } of pairs) {
      const sample = await measurePair(bench.quiet, pair, round, subject.turns);
      samples.push(sample);
      const { baseline, ours } = sample;
      note(
        `round ${round + 1} of ${rounds}: ${subject.title}, ${ours.toFixed()} to ${baseline.toFixed()} ${subject.unit}`,
      );
    }
  }
  return { contests: met, pairs, times: await measureTimes(bench, timings, rounds) };
}

const SIDES = ['baseline', 'ours'] as const;
const REVERSED = ['ours', 'baseline'] as const;

/** The means of some turns. Who goes first changes with each of them, so that being second helps or hurts neither. */
async function measurePair(quiet: Quiet, pair: Pair, round: number, turns = 1): Promise<Sample> {
  const taken = { baseline: 0, ours: 0 };
  for (let turn = round; turn < round + turns; turn += 1) {
    for (const side of turn % 2 === 0 ? SIDES : REVERSED) taken[side] += await quiet.take(pair[side]);
  }
  return { baseline: taken.baseline / turns, ours: taken.ours / turns };
}

/** After all else: a server with a large heap collects its garbage beside the measured ones. */
async function measureTimes(
  bench: Bench,
  timings: readonly Timing[],
  rounds: number,
): Promise<readonly Measured<Timing, number>[]> {
  const prepared: { subject: Timing; measure: () => Promise<number>; samples: number[] }[] = [];
  for (const subject of timings) {
    note(`preparing: ${subject.title}`);
    prepared.push({ subject, measure: await subject.prepare(bench), samples: [] });
  }
  // The first round only warms up.
  for (let repetition = 0; repetition < (rounds + 1) * REPETITIONS; repetition += 1) {
    for (const { subject, measure, samples } of prepared) {
      if (subject.isRare && repetition % REPETITIONS !== 0) continue;
      const took = await measure();
      if (repetition >= REPETITIONS) samples.push(took);
    }
  }
  return prepared;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
