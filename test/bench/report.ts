import type { Row, Side } from './row.ts';
import { toSpread, type Spread } from './statistics.ts';

/** The figures of one round. */
export type Sample = Readonly<Partial<Record<Side, number>>>;

export interface Measured {
  readonly row: Row;
  readonly samples: readonly Sample[];
}

/** By how much a figure may miss its aim before `--check` reports it: less is taken for noise. */
const ROOM = 1.5;

/** The ratios of the rounds to `node:http`, or else to Express; the median of ratios is not the ratio of medians. */
function toRatio(samples: readonly Sample[]): Spread {
  return toSpread(samples.map(({ bare, express, ours = 0 }) => ours / (bare ?? express ?? 0)));
}

function toMedian(samples: readonly Sample[], side: Side): number | undefined {
  const figures = samples.flatMap((sample) => sample[side] ?? []);
  return figures.length > 0 ? toSpread(figures).median : undefined;
}

/** A table in Markdown, padded as prettier pads it. */
export function renderTable(measured: readonly Measured[]): string {
  const lines = measured.map(({ row: { title, unit, aim }, samples }) => {
    const { q1, median, q3 } = toRatio(samples);
    const figures = (['bare', 'express', 'ours'] as const).map((side) => {
      const figure = toMedian(samples, side);
      return figure === undefined ? '' : `${figure.toFixed(figure < 100 ? 1 : 0)} ${unit}`;
    });
    const most = aim && ('ratio' in aim ? `≤ ${aim.ratio}` : `≤ ${aim.figure} ${unit}`);
    return [title, ...figures, median.toFixed(2), `${q1.toFixed(2)}–${q3.toFixed(2)}`, most ?? ''];
  });
  const header = ['measured', 'bare server', 'Express', 'ours', 'ratio', 'q1–q3', 'aim'];
  const widths = header.map((_, column) => Math.max(...[header, ...lines].map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [header, rule, ...lines].map((line) => `| ${line.map(pad).join(' | ')} |\n`).join('');
}

/** A sentence for each row that misses its aim by more than half. */
export function listSlow(measured: readonly Measured[]): readonly string[] {
  return measured.flatMap(({ row: { title, aim }, samples }) => {
    if (!aim) return [];
    const [figure = 0, most] =
      'ratio' in aim ? [toRatio(samples).median, aim.ratio] : [toMedian(samples, 'ours'), aim.figure];
    return figure > most * ROOM ? [`${title}: ${figure.toFixed(2)}, the aim is ${most}.`] : [];
  });
}
