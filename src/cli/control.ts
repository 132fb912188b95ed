import type { Argv, CommandModule } from 'yargs';

import { toMessage } from '../core/values/message.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { renderEntries } from './ledger.ts';
import { UsageError } from './report.ts';
import { renderTable } from './table.ts';

interface ControlFlags extends ClientFlags {
  readonly provider: string | undefined;
  readonly name: string | undefined;
  readonly arguments: string | undefined;
}

export const control: CommandModule<object, ControlFlags> = {
  command: 'control [provider] [name] [arguments]',
  describe: 'Have a provider do what in reality happens outside its API; alone, list what there is',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ControlFlags>)
      .positional('provider', { type: 'string' })
      .positional('name', { type: 'string' })
      .positional('arguments', { type: 'string', describe: 'An object as JSON' })
      .example('$0 control', '')
      .example(`$0 control klaim addMember '{"app_id": "app_lantern", "email": "gus@lantern.example"}'`, ''),
  handler: async (flags) => {
    const { provider, name } = flags;
    if (provider === undefined) {
      await list(flags);
      return;
    }
    if (name === undefined) throw new UsageError('control needs a provider and the name of a control.');
    const body = flags.arguments === undefined ? {} : parseArguments(flags.arguments);
    const outcome = await withSandbox(flags, ({ controls }) => controls.run(provider, name, body));
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(outcome)}\n`);
      return;
    }
    const { result, entries } = outcome;
    if (result !== null) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (entries.length > 0) process.stdout.write(renderEntries(entries));
  },
};

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
    throw new UsageError(`The arguments are no JSON: ${toMessage(error)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError('The arguments of a control are an object as JSON.');
}
