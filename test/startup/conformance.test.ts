import { beforeAll, expect, vi } from 'vitest';

import type * as Benches from '../../src/conformance/bench.ts';
import { describeBehaviour, type Skipped } from '../../src/conformance/behaviour.ts';
import { describeFaults } from '../../src/conformance/faults.ts';
import { bundled } from '../../src/providers/index.ts';
import { ENVELOPES } from '../support/envelopes.ts';
import { run } from '../support/nodes.ts';
import { loadRequests } from '../support/requests.ts';

vi.mock('../../src/conformance/bench.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Benches>();
  const { toWoken } = await import('../support/woken-bench.ts');
  return { ...original, openBench: toWoken(original.createSender) };
});

const reason = 'it looks into the records of the process';
const INSIDE: readonly Skipped[] = [
  { check: 'records', reason },
  { check: 'ids', reason },
  { check: 'audit', reason },
];

beforeAll(async () => {
  const { error, text } = await run('npm', ['run', 'build:startup']);
  expect(error, text).toBeNull();
});

for (const { provider } of bundled) {
  const requests = await loadRequests(provider.id);
  describeBehaviour(provider, requests, INSIDE);
  describeFaults(provider, requests, ENVELOPES[provider.id]);
}
