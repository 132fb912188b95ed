import { expect, onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Bench, createSender } from '../../src/conformance/bench.ts';
import type { Subject } from '../../src/conformance/subject.ts';
import { startServer } from './command.ts';
import { START } from './emulator.ts';

/** What opens benches whose emulator is the command, woken from its start-up snapshot: only requests tell what is in it. */
export function toWoken(createSenderTo: typeof createSender) {
  return async ({ defined, requests, set }: Subject, { randomSeed }: EmulatorOptions = {}): Promise<Bench> => {
    const words = ['--clock', START, '--providers', defined.id, '--no-provider-ports'];
    const chosen = [
      ...set.flatMap((one) => ['--set', one]),
      ...(randomSeed === undefined ? [] : ['--random-seed', String(randomSeed)]),
    ];
    const { child, ended, ready } = await startServer([...words, ...chosen], { wakes: true });
    onTestFinished(async () => {
      child.kill('SIGTERM');
      const { stdout, stderr, code } = await ended;
      const errors = stdout.split('\n').filter((line) => line.includes('"level":"error"'));
      expect([errors, stderr, code]).toEqual([[], '', 0]);
    });
    return {
      ...createSenderTo(ready.url, defined.id, requests),
      records: () => {
        throw new Error('The records of another process cannot be seen.');
      },
      // Nobody knows, so it is never the same.
      stored: () => [{}],
      countOpen: () => 0,
    };
  };
}
