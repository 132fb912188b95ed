import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import { START } from '../support/emulator.ts';
import type { Verb } from './record-verbs.ts';

/** One that was given up, to where nothing is sent. */
const DELIVERY = {
  ...{ seq: 1, provider: 'board', subscription: 's', topic: 't', subject: 'a', url: 'http://203.0.113.7/hook' },
  ...{ content: { hello: 'world' }, bytes: 100, at: START, state: 'failed', dueAt: START, retries: 0, round: 0 },
  ...{ fault: null, isAsked: true, isDouble: false, yields: false, tries: [], tried: 0, request: null },
};

async function queue({ state }: Sandbox): Promise<void> {
  const document = await state.get();
  const emulator = { ...(document['emulator'] as object), webhooks: [DELIVERY] };
  await state.put({ ...document, emulator });
}

const { provider, topic, subscription, subject, url, at, state } = DELIVERY;
const WEBHOOK = {
  ...{ id: '1', provider, topic, subscription, subject, url, state, at },
  ...{ dueAt: null, request: null, fault: null, retries: 0, body: '{"hello":"world"}', tries: [], leftOut: 0 },
};

const NO_WEBHOOK = {
  status: 404,
  title: 'No such delivery',
  detail: '"case" has no delivery "2".',
  hint: 'GET /_emulator/webhooks lists them.',
};

/** Those of what is sent to who subscribed. */
export const WEBHOOK_VERBS: readonly Verb[] = [
  {
    name: 'webhooks.list',
    before: queue,
    act: ({ webhooks }) => webhooks.list({ state: 'failed', topic: 't' }),
    words: ['webhook', 'list', '--state', 'failed', '--topic', 't'],
    answer: { webhooks: [WEBHOOK] },
  },
  {
    name: 'webhooks.get',
    before: queue,
    act: ({ webhooks }) => webhooks.get('1'),
    words: ['webhook', 'get', '1'],
    answer: WEBHOOK,
    refused: { act: ({ webhooks }) => webhooks.get('2'), words: ['webhook', 'get', '2'], how: NO_WEBHOOK },
  },
  {
    name: 'webhooks.send',
    before: queue,
    act: ({ webhooks }) => webhooks.send('1'),
    words: ['webhook', 'send', '1'],
    answer: {
      ...WEBHOOK,
      request: expect.stringMatching(/^case-\d+$/) as string,
      tries: [
        {
          ...{ at: START, duration: expect.any(Number) as number, status: null, body: '' },
          error: '203.0.113.7 is no loopback or private address, and was not called; --allow-target lets it be.',
        },
      ],
    },
    refused: { act: ({ webhooks }) => webhooks.send('2'), words: ['webhook', 'send', '2'], how: NO_WEBHOOK },
  },
];
