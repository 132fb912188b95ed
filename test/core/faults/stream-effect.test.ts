import { describe, expect, it } from 'vitest';

import type { StreamHow } from '../../../src/core/wire/fault.ts';
import { Twist } from '../../../src/core/faults/stream-effect.ts';

/** What one connection is written for five events, up to its end. */
function run(how: StreamHow, after: number): readonly string[] {
  const twist = new Twist({ kind: 'stream', how, after });
  const written: string[] = [];
  const events = [1, 2, 3, 4, 5].map((number) => Buffer.from(`data: {"n":${number}}\n\n`));
  const steps = [() => twist.begin(), ...events.map((event) => () => twist.next(event))];
  for (const step of steps) {
    const { write, then } = step();
    written.push(...write.map((event) => event.toString().replace(/^data: \{"n":(\d)\}\n\n$/, '$1')));
    if (then !== 'go on') return [...written, then];
  }
  return written;
}

/** An event that is no JSON any more, and yet an event. */
function broken(number: number): string {
  return `data: {"n":${number}\n\n`;
}

describe(Twist, () => {
  it.each<[StreamHow, number, readonly string[]]>([
    ['drop', 0, ['drop']],
    ['drop', 1, ['1', 'drop']],
    ['drop', 2, ['1', '2', 'drop']],
    ['stall', 0, ['stall']],
    ['stall', 1, ['1', 'stall']],
    ['stall', 2, ['1', '2', 'stall']],
    ['duplicate', 0, ['1', '1', '2', '3', '4', '5']],
    ['duplicate', 1, ['1', '2', '2', '3', '4', '5']],
    ['duplicate', 2, ['1', '2', '3', '3', '4', '5']],
    ['reorder', 0, ['2', '1', '3', '4', '5']],
    ['reorder', 1, ['1', '3', '2', '4', '5']],
    ['reorder', 2, ['1', '2', '4', '3', '5']],
    ['reorder', 4, ['1', '2', '3', '4']],
    ['gap', 0, ['2', '3', '4', '5']],
    ['gap', 1, ['1', '3', '4', '5']],
    ['gap', 2, ['1', '2', '4', '5']],
    ['malformed', 0, [broken(1), '2', '3', '4', '5']],
    ['malformed', 1, ['1', broken(2), '3', '4', '5']],
    ['malformed', 2, ['1', '2', broken(3), '4', '5']],
    ['drop', 6, ['1', '2', '3', '4', '5']],
    ['gap', 5, ['1', '2', '3', '4', '5']],
  ])('has %s after %i of five events write %j', (how, after, expected) => {
    expect(run(how, after)).toEqual(expected);
  });

  it('leaves alone what it could only refuse', () => {
    expect(run('refuse', 1)).toEqual(['1', '2', '3', '4', '5']);
  });
});
