import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { START } from './emulator.ts';

/** Of a provider to which nobody subscribes: what a state brings is sent as it is. */
export const asItIs: NonNullable<Provider['webhooks']> = {
  isAwaited: () => false,
  events: () => [],
  render: (content) => content,
  retries: [],
  patience: 1000,
};

const HEAD = {
  subscription: 's',
  topic: 't',
  subject: 'a',
  url: 'http://203.0.113.7/hook',
  state: 'failed',
  at: START,
};

/** Has a sandbox hold one that was given up, to where nothing is sent, and one of which nothing was kept. */
export async function queue({ state }: Sandbox, provider: string): Promise<void> {
  const delivery = {
    ...{ ...HEAD, seq: 1, provider, content: { hello: 'world' }, bytes: 100, dueAt: START, retries: 0, round: 0 },
    ...{ fault: null, isAsked: true, isDouble: false, yields: false, tries: [], tried: 0, request: null },
  };
  const document = await state.get();
  const webhooks = [delivery, { ...delivery, seq: 2, topic: 'other', content: {} }];
  await state.put({ ...document, emulator: { ...(document['emulator'] as object), webhooks } });
}

/** The first of them as it is shown. */
export function toWebhook(provider: string, other: object = {}): object {
  return {
    ...{ ...HEAD, id: '1', provider, dueAt: null, request: null, fault: null, retries: 0, leftOut: 0 },
    ...{ body: '{"hello":"world"}', tries: [] },
    ...other,
  };
}

/** What is more of it when it was to be sent. */
export const SENT = {
  request: expect.stringMatching(/^case-\d+$/) as string,
  tries: [
    {
      ...{ at: START, duration: expect.any(Number) as number, status: null, body: '' },
      error: '203.0.113.7 is not a loopback or private address, so it was not called; --allow-target permits it.',
    },
  ],
};
