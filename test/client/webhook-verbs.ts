import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import { queue, SENT, toWebhook } from '../support/deliveries.ts';
import { table, type Verb } from './record-verbs.ts';

const before = (sandbox: Sandbox): Promise<void> => queue(sandbox, 'board');
const WEBHOOK = toWebhook('board');

const NO_WEBHOOK = {
  status: 404,
  title: 'No such delivery',
  detail: '"case" has no delivery "3".',
  hint: 'GET /_emulator/webhooks lists them.',
};

/** Those of what is sent to who subscribed. */
export const WEBHOOK_VERBS: readonly Verb[] = [
  {
    name: 'webhooks.list',
    before,
    act: ({ webhooks }) => webhooks.list({ state: 'failed', topic: 't' }),
    words: ['webhook', 'list', '--state', 'failed', '--topic', 't'],
    answer: { webhooks: [WEBHOOK] },
    shown: table(
      'ID  AT                        PROVIDER  TOPIC  SUBJECT  STATE   TRIES  LAST  DUE  URL',
      '1   2026-01-01T00:00:00.000Z  board     t      a        failed  0                 http://203.0.113.7/hook',
    ),
  },
  {
    name: 'webhooks.get',
    before,
    act: ({ webhooks }) => webhooks.get('1'),
    words: ['webhook', 'get', '1'],
    answer: WEBHOOK,
    shown: expect.stringMatching(/^\{\n {2}"id": "1",.*"tries": \[\],.*\n\}\n$/s) as unknown,
    refused: { act: ({ webhooks }) => webhooks.get('3'), words: ['webhook', 'get', '3'], how: NO_WEBHOOK },
  },
  {
    name: 'webhooks.send',
    before,
    act: ({ webhooks }) => webhooks.send('1'),
    words: ['webhook', 'send', '1'],
    answer: toWebhook('board', SENT),
    shown: expect.stringMatching(/^ID .*\n1 .* failed +1 +203\.0\.113\.7 is no .*\n$/) as unknown,
    refused: { act: ({ webhooks }) => webhooks.send('3'), words: ['webhook', 'send', '3'], how: NO_WEBHOOK },
  },
];
