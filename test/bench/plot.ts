import type { Contest, Contestant, ContestSample } from './contest.ts';
import type { Measured } from './rounds.ts';
import { toSpread } from './statistics.ts';

const LABELS: Readonly<Record<Contestant, string>> = {
  http: 'node:http',
  ours: 'credits-emulator',
  express: 'Express 5',
};
const ORDER = ['http', 'ours', 'express'] as const;
const WIDTH = 860;
const LEFT = 290;
const RIGHT = 70;
const TOP = 56;
const BAR = 9;
const ROW = BAR * ORDER.length + 14;

/** On both, the page's own ground shows through. */
const STYLE = [
  'text{font:12px system-ui,sans-serif;fill:#24292f}',
  '.figure{font-size:10px;fill:#57606a}.line{stroke:#d0d7de}',
  '.http{fill:#8c959f}.ours{fill:#0969da}.express{fill:#bf8700}',
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.figure{fill:#9198a1}.line{stroke:#3d444d}',
  '.http{fill:#6e7681}.ours{fill:#4493f8}.express{fill:#d29922}}',
].join('');

/** Microseconds of processor time for each exchange, as bars: an SVG for light pages and for dark ones. */
export function renderPlot(contests: readonly Measured<Contest, ContestSample>[], machine: string): string {
  const rows = contests.map(({ subject, samples }) => ({
    title: subject.title,
    medians: ORDER.map((who) => toSpread(samples.map((sample) => sample[who].cpu)).median),
  }));
  const longest = Math.max(1, ...rows.flatMap(({ medians }) => medians));
  const toLength = (value: number): number => Math.round((value / longest) * (WIDTH - LEFT - RIGHT));
  const height = TOP + rows.length * ROW + 8;
  const legend = ORDER.map((who, at) => {
    const x = LEFT + at * 150;
    return `<rect class="${who}" x="${x}" y="32" width="10" height="10"/><text x="${x + 16}" y="41">${LABELS[who]}</text>`;
  });
  const bars = rows.flatMap(({ title, medians }, row) => {
    const y = TOP + row * ROW;
    return [
      `<text x="${LEFT - 10}" y="${y + ROW / 2}" text-anchor="end">${escape(title)}</text>`,
      ...ORDER.flatMap((who, at) => {
        const median = medians[at] ?? 0;
        const top = y + at * BAR;
        return [
          `<rect class="${who}" x="${LEFT}" y="${top}" width="${toLength(median)}" height="${BAR - 1}"/>`,
          `<text class="figure" x="${LEFT + toLength(median) + 5}" y="${top + BAR - 1}">${median.toFixed(1)}</text>`,
        ];
      }),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>Processor time of an exchange, µs. ${escape(machine)}</title>`,
    `<style>${STYLE}</style>`,
    `<text x="${LEFT}" y="20">Processor time of an exchange, µs: shorter is better</text>`,
    ...legend,
    `<line class="line" x1="${LEFT}" x2="${LEFT}" y1="${TOP - 4}" y2="${height - 8}"/>`,
    ...bars,
    '</svg>\n',
  ].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
