import { constants } from 'node:os';

import type { CommandModule } from 'yargs';

import { toNotRun, UsageError } from './report.ts';
import { startFlags, type StartFlags } from './start-flags.ts';

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
    const [command, ...args] = toWords(flags['--']);
    if (command === undefined) throw new UsageError('exec needs a command: credits-emulator exec -- npm test');
    const { startBeside } = await import('./server.ts');
    const file = flags['bundle-on-failure'];
    const emulator = await startBeside(file === undefined ? flags : { ...flags, record: true });
    try {
      const code = await runChild(command, args, emulator.env);
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

function toWords(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * The child's exit code, or 128 and the signal's number as shells give it.
 *
 * @throws {NotRun} with 127 where there is no such command, 126 where it is none that runs
 */
async function runChild(
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  // On Windows `npm` is a script for its shell, which Node starts only with words that are escaped for that.
  const { default: spawn } = await import('cross-spawn');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...variables } });
    const pass = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on('SIGTERM', pass);
    process.on('SIGINT', pass);
    child.on('error', (error) => {
      reject(toNotRun(command, error));
    });
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', pass);
      process.off('SIGINT', pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
