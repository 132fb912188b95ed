import type { Argv, CommandModule } from 'yargs';

import type { ClockReading } from '../client.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';

const show: CommandModule<object, ClientFlags> = {
  command: ['show', '$0'],
  describe: 'Show what time it is in a sandbox',
  builder: (yargs) => clientFlags(yargs).example('$0 clock show --sandbox checkout', ''),
  handler: async (flags) => {
    print(flags, await withSandbox(flags, (sandbox) => sandbox.clock.get()));
  },
};

const freeze: CommandModule<object, ClientFlags & { readonly instant: string | undefined }> = {
  command: 'freeze [instant]',
  describe: 'Stop the clock, at an instant or where it is',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ClientFlags & { readonly instant: string | undefined }>)
      .positional('instant', { type: 'string', describe: 'RFC 3339' })
      .example('$0 clock freeze 2026-01-01T00:00:00Z', ''),
  handler: async (flags) => {
    print(flags, await withSandbox(flags, (sandbox) => sandbox.clock.freeze(flags.instant)));
  },
};

const set: CommandModule<object, ClientFlags & { readonly instant: string }> = {
  command: 'set <instant>',
  describe: 'Put the clock to an instant; it runs on or stands as it did',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ClientFlags & { readonly instant: string }>)
      .positional('instant', { type: 'string', demandOption: true, describe: 'RFC 3339' })
      .example('$0 clock set 2026-07-01T12:00:00+02:00', ''),
  handler: async (flags) => {
    print(flags, await withSandbox(flags, (sandbox) => sandbox.clock.set(flags.instant)));
  },
};

const advance: CommandModule<object, ClientFlags & { readonly by: string }> = {
  command: 'advance <by>',
  describe: 'Move the clock ahead; all that is due on the way happens',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<ClientFlags & { readonly by: string }>)
      .positional('by', { type: 'string', demandOption: true, describe: 'ISO 8601, or milliseconds' })
      .example('$0 clock advance P30D', ''),
  handler: async (flags) => {
    print(flags, await withSandbox(flags, (sandbox) => sandbox.clock.advance(flags.by)));
  },
};

const run: CommandModule<object, ClientFlags> = {
  command: 'run',
  describe: 'Have the clock run on from where it is',
  builder: (yargs) => clientFlags(yargs).example('$0 clock run', ''),
  handler: async (flags) => {
    print(flags, await withSandbox(flags, (sandbox) => sandbox.clock.run()));
  },
};

function print({ json }: ClientFlags, reading: ClockReading): void {
  const { now, frozen } = reading;
  process.stdout.write(json ? `${JSON.stringify(reading)}\n` : `${now} ${frozen ? 'frozen' : 'running'}\n`);
}

export const clock: CommandModule = {
  command: 'clock',
  describe: 'Show, freeze, set, advance or run the clock of a sandbox',
  builder: (yargs) =>
    yargs.command(show).command(freeze).command(set).command(advance).command(run).example('$0 clock advance PT1H', ''),
  handler: () => undefined,
};
