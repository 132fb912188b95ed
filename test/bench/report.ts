import type { Contest, ContestSample } from './contest.ts';
import type { Measured, Sample } from './rounds.ts';
import type { Row, Unit } from './row.ts';
import { toSpread } from './statistics.ts';
import { Table } from './table.ts';
import type { Timing } from './timings.ts';

/** The ratio is that of each round, and its median is not the ratio of the medians. */
export function renderPairs(pairs: readonly Measured<Row, Sample>[]): Table {
  return new Table(
    ['row', 'baseline', 'ours', 'ratio', 'q1–q3', 'aim'],
    pairs.map(({ subject, samples }) => {
      const ratio = toSpread(samples.map(({ baseline, ours }) => ours / baseline));
      return [
        subject.title,
        renderFigure(toSpread(samples.map(({ baseline }) => baseline)).median, subject.unit),
        renderFigure(toSpread(samples.map(({ ours }) => ours)).median, subject.unit),
        ratio.median.toFixed(2),
        `${ratio.q1.toFixed(2)}–${ratio.q3.toFixed(2)}`,
        subject.aim,
      ];
    }),
  );
}

/** The ratios are those of processor times; to Express, more is better, and to `node:http` less. */
export function renderContests(contests: readonly Measured<Contest, ContestSample>[]): Table {
  return new Table(
    ['exchange', 'node:http', 'Express', 'ours', 'to node:http', 'q1–q3', 'aim', "in Express's terms", 'aim', 'rate'],
    contests.map(({ subject: { title, most, least }, samples }) => {
      const toMedian = (pick: (sample: ContestSample) => number): number => toSpread(samples.map(pick)).median;
      const toHttp = toSpread(samples.map(({ http, ours }) => ours.cpu / http.cpu));
      return [
        title,
        ...(['http', 'express', 'ours'] as const).map((who) =>
          renderFigure(
            toMedian((all) => all[who].cpu),
            'µs',
          ),
        ),
        toHttp.median.toFixed(2),
        `${toHttp.q1.toFixed(2)}–${toHttp.q3.toFixed(2)}`,
        most === undefined ? '' : `≤ ${most}`,
        toMedian(({ express, ours }) => express.cpu / ours.cpu).toFixed(2),
        least === undefined ? '' : `≥ ${least}`,
        renderFigure(
          toMedian(({ ours }) => ours.rate),
          'req/s',
        ),
      ];
    }),
  );
}

export function renderTimings(times: readonly Measured<Timing, number>[]): Table {
  return new Table(
    ['one request; 100,000 users in the seed, where nothing else is said', 'median', 'q1–q3', 'aim'],
    times.map(({ subject, samples }) => {
      const { q1, median, q3 } = toSpread(samples);
      return [subject.title, `${median.toFixed(2)} ms`, `${q1.toFixed(2)}–${q3.toFixed(2)}`, subject.aim];
    }),
  );
}

function renderFigure(value: number, unit: Unit): string {
  switch (unit) {
    case 'req/s':
      return `${Math.round(value).toLocaleString('en')} /s`;
    case 'ns':
      return `${value.toFixed()} ns`;
    case 'µs':
      return `${value.toFixed(1)} µs`;
    case 'ms':
      return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
    case 'kB':
      return `${value.toFixed(value < 10 ? 2 : 1)} kB`;
    case 'MB':
      return `${value.toFixed()} MB`;
  }
}
