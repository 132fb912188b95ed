import type { Argv, CommandModule } from 'yargs';

import type { ArmedFault, Fault } from '../client.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { UsageError } from './report.ts';
import { parseShortRule } from './short-rule.ts';
import { renderTable } from './table.ts';
import { defineVerbGroup } from './verb-group.ts';

const add: CommandModule<object, ClientFlags & { readonly rule: readonly string[] }> = {
  command: 'add <rule..>',
  describe: 'Arm a rule: PROVIDER[.OPERATION] and pairs, or one as JSON',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ClientFlags & { readonly rule: readonly string[] }>)
      .positional('rule', { type: 'string', array: true, demandOption: true })
      .example('$0 fault add klaim.updateUserCredits status=500 phase=after times=1', '')
      .example('$0 fault add decentraland.getCreditsStream stream=drop:2', '')
      .example('$0 fault add delay=100-500 probability=0.2', 'Of every provider'),
  handler: async (flags) => {
    // The emulator checks it.
    const rule = parseShortRule(flags.rule.map(String)) as Fault;
    const armed = await withSandbox(flags, ({ faults }) => faults.add(rule));
    process.stdout.write(flags.json ? `${JSON.stringify(armed)}\n` : `${armed.id}\n`);
  },
};

const list: CommandModule<object, ClientFlags> = {
  command: 'list',
  describe: 'List the rules in the order in which they are tried',
  builder: (yargs) => clientFlags(yargs).example('$0 fault list --sandbox checkout', ''),
  handler: async (flags) => {
    const listed = await withSandbox(flags, ({ faults }) => faults.list());
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(listed)}\n`);
      return;
    }
    process.stdout.write(
      renderTable([['ID', 'CONCERNS', 'PHASE', 'EFFECT', 'FIRED', 'LEFT', 'ONLY'], ...listed.faults.map(toRow)]),
    );
  },
};

function toRow(armed: ArmedFault): readonly string[] {
  const { id, provider = '*', operation, phase, effect, fired, remaining, enabled } = armed;
  const operations = [operation ?? '*'].flat().join(',');
  const left = enabled ? (remaining?.toString() ?? '∞') : 'off';
  return [id, `${provider}.${operations}`, phase, JSON.stringify(effect), String(fired), left, toLimits(armed)];
}

/** What keeps a rule from meeting all that it concerns. */
function toLimits({ match, skip, probability, ttl }: ArmedFault): string {
  const limits = {
    ...match,
    ...(skip > 0 && { skip }),
    ...(probability < 1 && { probability }),
    ...(ttl !== undefined && { ttl }),
  };
  return Object.keys(limits).length === 0 ? '' : JSON.stringify(limits);
}

const clear: CommandModule<object, ClientFlags & { readonly id: readonly string[] | undefined }> = {
  command: 'clear [id..]',
  describe: 'Take rules away, all of them if none is named',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ClientFlags & { readonly id: readonly string[] | undefined }>)
      .positional('id', { type: 'string', array: true })
      .example('$0 fault clear', '')
      .example('$0 fault clear grant-lost', ''),
  handler: async (flags) => {
    const ids = (flags.id ?? []).map(String);
    // As a variable that is not set would have it.
    if (ids.includes('')) throw new UsageError('The id of a rule is not empty; without any, all rules go.');
    await withSandbox(flags, async ({ faults }) => {
      if (ids.length === 0) await faults.clear();
      for (const id of ids) await faults.delete(id);
    });
    if (flags.json) process.stdout.write(`${JSON.stringify({ cleared: ids.length === 0 ? 'all' : ids })}\n`);
  },
};

export const fault = defineVerbGroup({
  name: 'fault',
  describe: 'Arm, list and clear faults',
  verbs: [add, list, clear],
  example: '$0 fault add klaim status=500 times=1',
});
