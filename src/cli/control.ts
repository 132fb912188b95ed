import { toMessage } from '../core/values/message.ts';
import { CLIENT_FLAGS, withSandbox, type ClientFlags } from './client.ts';
import { renderEntries } from './ledger.ts';
import { UsageError } from './report.ts';
import { renderTable } from './table.ts';
import { defineVerb } from './verb.ts';

export const control = defineVerb({
  name: 'control',
  describe: 'List or run controls',
  words: { provider: {}, name: {}, arguments: { describe: 'A JSON object' } },
  flags: CLIENT_FLAGS,
  examples: ['$0 control', `$0 control klaim addMember '{"app_id": "app_lantern", "email": "gus@lantern.example"}'`],
  run: async (given) => {
    const { provider, name, json } = given;
    if (provider === undefined) {
      await list(given);
      return;
    }
    if (name === undefined) throw new UsageError('control needs a provider and the name of a control.');
    const body = given.arguments === undefined ? {} : parseArguments(given.arguments);
    const outcome = await withSandbox(given, ({ controls }) => controls.run(provider, name, body));
    if (json) {
      process.stdout.write(`${JSON.stringify(outcome)}\n`);
      return;
    }
    const { result, entries } = outcome;
    if (result !== null) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (entries.length > 0) process.stdout.write(renderEntries(entries));
  },
});

async function list(flags: ClientFlags): Promise<void> {
  const listed = await withSandbox(flags, ({ controls }) => controls.list());
  const rows = listed.controls.map(({ provider, name, description }) => [provider, name, description]);
  process.stdout.write(
    flags.json ? `${JSON.stringify(listed)}\n` : renderTable([['PROVIDER', 'NAME', 'DOES'], ...rows]),
  );
}

function parseArguments(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`The arguments are not JSON: ${toMessage(error)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError('The arguments of a control must be a JSON object.');
}
