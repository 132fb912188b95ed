import type { ArmedFault, Fault } from '../client.ts';
import { defineClientVerb } from './client.ts';
import { UsageError } from './report.ts';
import { parseShortRule } from './short-rule.ts';
import { renderTable } from './table.ts';
import type { VerbGroup } from './verb.ts';

export const fault: VerbGroup = {
  name: 'fault',
  describe: 'Add, list or clear fault rules',
  verbs: [
    defineClientVerb({
      name: 'add',
      describe: 'Add a rule: PROVIDER[.OPERATION] and NAME=VALUE pairs, or one JSON object',
      words: { rule: { isList: true, isRequired: true } },
      examples: [
        '$0 fault add klaim.updateUserCredits status=500 phase=after times=1',
        '$0 fault add decentraland.getCreditsStream stream=drop:2',
        ['$0 fault add delay=100-500 probability=0.2', 'for every provider'],
      ],
      // The emulator checks the rule.
      ask: ({ faults }, { rule }) => faults.add(parseShortRule(rule) as Fault),
      show: ({ id }) => `${id}\n`,
    }),
    defineClientVerb({
      name: 'list',
      describe: 'List the rules in the order in which they are tried',
      examples: ['$0 fault list --sandbox checkout'],
      ask: ({ faults }) => faults.list(),
      show: ({ faults }) =>
        renderTable([['ID', 'CONCERNS', 'PHASE', 'EFFECT', 'FIRED', 'LEFT', 'ONLY'], ...faults.map(toRow)]),
    }),
    defineClientVerb({
      name: 'clear',
      describe: 'Remove rules by id, or all rules',
      words: { id: { isList: true } },
      examples: ['$0 fault clear', '$0 fault clear grant-lost'],
      ask: async ({ faults }, { id: ids = [] }) => {
        // An unset variable of a shell is an empty word.
        if (ids.includes('')) throw new UsageError('A rule id cannot be empty. Omit ids to clear all rules.');
        if (ids.length === 0) await faults.clear();
        for (const id of ids) await faults.delete(id);
        return { cleared: ids.length === 0 ? 'all' : ids };
      },
    }),
  ],
  examples: ['$0 fault add klaim status=500 times=1'],
};

function toRow(armed: ArmedFault): readonly string[] {
  const { id, provider = '*', operation, phase, effect, fired, remaining, enabled } = armed;
  const operations = [operation ?? '*'].flat().join(',');
  const left = enabled ? (remaining?.toString() ?? '∞') : 'off';
  return [id, `${provider}.${operations}`, phase, JSON.stringify(effect), String(fired), left, toLimits(armed)];
}

/** What keeps a rule from meeting every exchange of its operations. */
function toLimits({ match, skip, probability, ttl }: ArmedFault): string {
  const limits = {
    ...match,
    ...(skip > 0 && { skip }),
    ...(probability < 1 && { probability }),
    ...(ttl !== undefined && { ttl }),
  };
  return Object.keys(limits).length === 0 ? '' : JSON.stringify(limits);
}
