import type { Webhook } from '../client.ts';
import { defineClientVerb } from './client.ts';
import { renderTable } from './table.ts';
import type { VerbGroup } from './verb.ts';

const words = {
  id: { isRequired: true, isFilled: true, describe: 'Id of the delivery, as webhook list shows it' },
} as const;

export const webhook: VerbGroup = {
  name: 'webhook',
  describe: 'List deliveries or resend one',
  verbs: [
    defineClientVerb({
      name: 'list',
      describe: 'List deliveries, sent or waiting, newest first',
      flags: {
        provider: { describe: 'Only of this provider' },
        topic: { describe: 'Only of this topic' },
        subject: { describe: 'Only about this account' },
        state: { describe: 'Only in this state: waiting, held, delivered, dropped or failed' },
        since: { describe: 'Only from this instant on, or after this id' },
        limit: { describe: 'Maximum number of deliveries [100]' },
      },
      examples: ['$0 webhook list --state failed'],
      ask: ({ webhooks }, { provider, topic, subject, state, since, limit }) => {
        // The emulator reads them as they were written.
        const filters: object = { provider, topic, subject, state, since, limit };
        return webhooks.list(filters);
      },
      show: ({ webhooks }) => renderWebhooks(webhooks),
      note: ({ next }) => (next === undefined ? '' : 'More deliveries follow; --limit shows up to 10000.\n'),
    }),
    defineClientVerb({
      name: 'get',
      describe: 'Show a delivery with its body and attempts',
      words,
      examples: ['$0 webhook get 1'],
      ask: ({ webhooks }, { id }) => webhooks.get(id),
      show: (found) => `${JSON.stringify(found, null, 2)}\n`,
    }),
    defineClientVerb({
      name: 'send',
      describe: 'Send a delivery now, whatever its state',
      words,
      examples: ['$0 webhook send 1'],
      ask: ({ webhooks }, { id }) => webhooks.send(id),
      show: (sent) => renderWebhooks([sent]),
    }),
  ],
  examples: ['$0 webhook list'],
};

function renderWebhooks(webhooks: readonly Webhook[]): string {
  const rows = webhooks.map(({ id, at, provider, topic, subject, state, dueAt, tries, leftOut, url }) => {
    const { status = null, error = null } = tries.at(-1) ?? {};
    const last = status === null ? (error ?? '') : String(status);
    return [id, at, provider, topic, subject ?? '', state, String(leftOut + tries.length), last, dueAt ?? '', url];
  });
  const head = ['ID', 'AT', 'PROVIDER', 'TOPIC', 'SUBJECT', 'STATE', 'TRIES', 'LAST', 'DUE', 'URL'];
  return renderTable([head, ...rows]);
}
