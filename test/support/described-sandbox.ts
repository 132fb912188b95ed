import { expect } from 'vitest';

import { START } from './emulator.ts';

/** A sandbox as the control API describes it, without ports of its own, with Klaim as the only provider. */
export function describedSandbox(name: string, more: object = {}): object {
  const path = name === 'default' ? '' : `/_sandbox/${name}`;
  return {
    name,
    clock: { now: START, frozen: true },
    randomSeed: 1,
    requests: 0,
    streams: 0,
    snapshots: [],
    ttl: null,
    urls: { klaim: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path}/klaim$`)) as string },
    ...more,
  };
}
