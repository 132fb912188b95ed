import type { Argv, CommandModule } from 'yargs';

import type { Webhook, WebhookFilters } from '../client.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { UsageError } from './report.ts';
import { renderTable } from './table.ts';
import { defineVerbGroup } from './verb-group.ts';

/** Filters of the control API by the same names. */
interface ListFlags extends ClientFlags {
  readonly provider?: string | undefined;
  readonly topic?: string | undefined;
  readonly subject?: string | undefined;
  readonly state?: string | undefined;
  readonly since?: string | undefined;
  readonly limit?: string | undefined;
}

type IdFlags = ClientFlags & { readonly id: string };

const list: CommandModule<object, ListFlags> = {
  command: 'list',
  describe: 'List what was sent, or waits, newest first',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ListFlags>)
      .option('provider', { type: 'string', requiresArg: true, describe: 'Of this provider only' })
      .option('topic', { type: 'string', requiresArg: true, describe: 'Of this topic only' })
      .option('subject', { type: 'string', requiresArg: true, describe: 'About this account only' })
      .option('state', { type: 'string', requiresArg: true, describe: 'waiting, held, delivered, dropped or failed' })
      .option('since', { type: 'string', requiresArg: true, describe: 'From this instant on, or behind this one' })
      .option('limit', { type: 'string', requiresArg: true, describe: 'So many at most [100]' })
      .example('$0 webhook list --state failed', ''),
  handler: async (flags) => {
    const { provider, topic, subject, state, since, limit } = flags;
    // The emulator reads them as they were written.
    const filters: object = { provider, topic, subject, state, since, limit };
    const page = await withSandbox(flags, ({ webhooks }) => webhooks.list(filters as WebhookFilters));
    process.stdout.write(flags.json ? `${JSON.stringify(page)}\n` : renderWebhooks(page.webhooks));
    if (!flags.json && page.next !== undefined)
      process.stderr.write('There are more; --limit shows as many as 10000.\n');
  },
};

const get: CommandModule<object, IdFlags> = {
  command: 'get <id>',
  describe: 'Show one with its body and its tries',
  builder: (yargs) => identified(yargs).example('$0 webhook get 1', ''),
  handler: async (flags) => {
    const found = await withSandbox(flags, ({ webhooks }) => webhooks.get(toId(flags)));
    process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : `${JSON.stringify(found, null, 2)}\n`);
  },
};

const send: CommandModule<object, IdFlags> = {
  command: 'send <id>',
  describe: 'Send one now, out of its turn, whatever became of it',
  builder: (yargs) => identified(yargs).example('$0 webhook send 1', ''),
  handler: async (flags) => {
    const sent = await withSandbox(flags, ({ webhooks }) => webhooks.send(toId(flags)));
    process.stdout.write(flags.json ? `${JSON.stringify(sent)}\n` : renderWebhooks([sent]));
  },
};

function identified(yargs: Argv): Argv<IdFlags> {
  return (clientFlags(yargs) as Argv<IdFlags>).positional('id', {
    type: 'string',
    demandOption: true,
    describe: 'As webhook list shows it',
  });
}

function toId({ id }: IdFlags): string {
  if (id === '') throw new UsageError('The id of a webhook is not empty.');
  return id;
}

function renderWebhooks(webhooks: readonly Webhook[]): string {
  const rows = webhooks.map(({ id, at, provider, topic, subject, state, dueAt, tries, leftOut, url }) => {
    const { status = null, error = null } = tries.at(-1) ?? {};
    const last = status === null ? (error ?? '') : String(status);
    return [id, at, provider, topic, subject ?? '', state, String(leftOut + tries.length), last, dueAt ?? '', url];
  });
  const head = ['ID', 'AT', 'PROVIDER', 'TOPIC', 'SUBJECT', 'STATE', 'TRIES', 'LAST', 'DUE', 'URL'];
  return renderTable([head, ...rows]);
}

export const webhook = defineVerbGroup({
  name: 'webhook',
  describe: 'List what providers send to those who subscribed, or send it again',
  verbs: [list, get, send],
  example: '$0 webhook list',
});
