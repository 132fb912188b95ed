import uPlot from 'uplot';

import { toIso } from './instant.ts';

/** One entry of an account, as a mark of its plot. */
export interface Mark {
  /** Seconds since 1970, or its place in order. */
  readonly x: number;
  readonly y: number;
  /** `unseen` where its client was not told, `fault` where it met one otherwise. */
  readonly kind: 'entry' | 'fault' | 'unseen';
}

export interface PlotOptions {
  readonly start: number;
  readonly marks: readonly Mark[];
  readonly isTime: boolean;
  readonly height: number;
}

/** Draws the course of a balance; returns how it goes away. */
export function drawPlot(target: HTMLElement, { start, marks, isTime, height }: PlotOptions): () => void {
  const style = getComputedStyle(target);
  const [accent, soft, line, split, warn] = ['--accent', '--soft', '--line', '--split', '--warn'].map((name) =>
    style.getPropertyValue(name),
  );
  const first = marks[0]?.x ?? 0;
  const span = Math.max(1, (marks.at(-1)?.x ?? 0) - first);
  const xs = [first - span * 0.04, ...marks.map(({ x }) => x), (marks.at(-1)?.x ?? 0) + span * 0.04];
  const ys = [start, ...marks.map(({ y }) => y), marks.at(-1)?.y ?? start];
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const axis = { stroke: soft ?? '', grid: { stroke: line ?? '', width: 1 }, ticks: { stroke: line ?? '', width: 1 } };
  const colors = { entry: accent, fault: warn, unseen: split };
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: isTime } },
      axes: [
        { ...axis, size: 32, ...(isTime && { values: toTimes }) },
        { ...axis, size: 72 },
      ],
      series: [{}, { stroke: accent ?? '', width: 1.5, points: { show: false }, ...(stepped && { paths: stepped }) }],
      hooks: {
        draw: [
          (drawn) => {
            for (const { x, y, kind } of marks) {
              const at = [drawn.valToPos(x, 'x', true), drawn.valToPos(y, 'y', true)] as const;
              drawMark(drawn.ctx, kind, at, colors[kind] ?? '');
            }
          },
        ],
      },
    },
    [xs, ys],
    target,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height }));
  observer.observe(target);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}

/** Of the sandbox's clock, the day where it begins. */
function toTimes(_plot: uPlot, splits: readonly number[]): string[] {
  return splits.map((seconds) => {
    const iso = toIso(seconds * 1000);
    const time = iso.slice(11, iso.slice(17, 19) === '00' ? 16 : 19);
    return time === '00:00' ? iso.slice(0, 10) : time;
  });
}

/** Marks differ by their shape, too. */
function drawMark(
  ctx: CanvasRenderingContext2D,
  kind: Mark['kind'],
  [x, y]: readonly [number, number],
  color: string,
): void {
  const size = (kind === 'entry' ? 3 : 5) * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  if (kind === 'entry') {
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.fill();
  } else if (kind === 'fault') {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
    ctx.stroke();
  } else {
    ctx.moveTo(x, y - 1.5 * size);
    ctx.lineTo(x + 1.5 * size, y);
    ctx.lineTo(x, y + 1.5 * size);
    ctx.lineTo(x - 1.5 * size, y);
    ctx.closePath();
    ctx.fill();
  }
  ctx.restore();
}
