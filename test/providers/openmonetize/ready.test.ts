import { expect, it } from 'vitest';

import { ok, startOpenMonetize } from './api.ts';
import { startHead } from './head-api.ts';

const timestamp = '2026-01-01T00:00:00.000Z';

it('tells in profile head what the server looks at', async () => {
  const checks = { database: true, ingestionService: true, ratingEngine: true };
  expect(await (await startHead()).call('get', '/ready')).toEqual(ok({ status: 'ready', checks, timestamp }));
});

it('tells in profile seed nothing of what was looked at', async () => {
  const answer = await (await startOpenMonetize()).call('get', '/ready');
  expect(answer).toEqual(ok({ status: 'ready', checks: {}, timestamp }));
});
