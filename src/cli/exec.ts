import { constants } from 'node:os';

import type { CommandModule } from 'yargs';

import type { Command } from '../trials/command.ts';
import { toNotRun } from './report.ts';
import { startFlags, toCommand, type StartFlags } from './start-flags.ts';

export const exec: CommandModule<object, StartFlags> = {
  command: 'exec',
  describe: 'Start on free ports, run a command with the variables of `env`, stop',
  builder: (yargs) =>
    startFlags(yargs)
      .option('bundle-on-failure', {
        type: 'string',
        requiresArg: true,
        describe: 'Where the command fails, write what it did to this file',
      })
      .usage('$0 exec [start flags] -- COMMAND...')
      .example('$0 exec -- npm test', '')
      .example('$0 exec --bundle-on-failure failure.json -- npm test', ''),
  handler: async (flags) => {
    const command = toCommand(flags, 'exec');
    const { startBeside } = await import('./server.ts');
    const file = flags['bundle-on-failure'];
    const emulator = await startBeside(file === undefined ? flags : { ...flags, record: true });
    try {
      const code = await runChild(command, emulator.env);
      process.exitCode = code;
      if (code !== 0 && typeof file === 'string') {
        const { saveBundles } = await import('./bundle-files.ts');
        await saveBundles(emulator, file);
      }
    } finally {
      await emulator.close();
    }
  },
};

/**
 * The child's exit code, or 128 and the signal's number as shells give it.
 *
 * @throws {NotRun} with 127 where there is no such command, 126 where it is none that runs
 */
async function runChild(command: Command, variables: Readonly<Record<string, string>>): Promise<number> {
  const { startCommand } = await import('../trials/command.ts');
  return new Promise((resolve, reject) => {
    const child = startCommand(command, variables, { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on('SIGTERM', pass);
    process.on('SIGINT', pass);
    child.on('error', (error) => {
      reject(toNotRun(command.name, error));
    });
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', pass);
      process.off('SIGINT', pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
