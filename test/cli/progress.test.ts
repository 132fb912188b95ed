import { describe, expect, it } from 'vitest';

import { Progress } from '../../src/cli/progress.ts';

describe('the progress of slow work', () => {
  it('is shown after a second, ten times a second, and disappears at the end', () => {
    const written: string[] = [];
    let now = 0;
    const progress = new Progress('Reading ./data', { write: (text) => written.push(text) }, () => now);
    for (const [at, part] of [
      [999, 0.1],
      [1000, 0.257],
      [1099, 0.3],
      [1100, 0.5],
      [2000, 1],
      [3000, 1],
    ] as const) {
      now = at;
      progress.tell(part);
    }
    progress.end();
    expect(written).toEqual(['\rReading ./data: 25 %', '\rReading ./data: 50 %', '\r\u001B[K']);
  });

  it('is not shown for quick work', () => {
    const written: string[] = [];
    const progress = new Progress('Reading ./data', { write: (text) => written.push(text) }, () => 0);
    progress.tell(0.5);
    progress.tell(1);
    progress.end();
    expect(written).toEqual([]);
  });
});
