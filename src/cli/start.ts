import { constants } from 'node:os';

import type { Command } from '../trials/command.ts';
import { toNotRun } from './report.ts';
import { START_FLAGS } from './start-flags.ts';
import { defineVerb } from './verb.ts';

export const start = defineVerb({
  name: 'start',
  isDefault: true,
  describe: 'Run the emulator',
  flags: START_FLAGS,
  examples: [
    ['$0 start --port 0', 'on free ports'],
    ['$0 start --set klaim.overdraft=refuse', 'with an option of a provider'],
  ],
  run: async (flags) => {
    const { runStart } = await import('./server.ts');
    await runStart(flags);
  },
});

export const exec = defineVerb({
  name: 'exec',
  describe: 'Run a command with its own emulator',
  flags: {
    ...START_FLAGS,
    'bundle-on-failure': { describe: 'If the command fails, write what it did to this file' },
  },
  usage: '$0 exec [start flags] -- COMMAND...',
  examples: ['$0 exec -- npm test', '$0 exec --bundle-on-failure failure.json -- npm test'],
  runCommand: async ({ 'bundle-on-failure': file, ...flags }, command) => {
    const { startBeside } = await import('./server.ts');
    const emulator = await startBeside(file === undefined ? flags : { ...flags, record: true });
    try {
      const code = await runChild(command, emulator.env);
      process.exitCode = code;
      if (code !== 0 && file !== undefined) {
        const { saveBundles } = await import('./bundle-files.ts');
        await saveBundles(emulator, file);
      }
    } finally {
      await emulator.close();
    }
  },
});

const PASSED = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Returns the child's exit code, or 128 plus the number of the signal, as shells do.
 *
 * @throws {NotRun} with 127 if the command is not found, 126 if it cannot be run
 */
async function runChild(command: Command, variables: Readonly<Record<string, string>>): Promise<number> {
  const { startCommand } = await import('../trials/command.ts');
  return new Promise((resolve, reject) => {
    const child = startCommand(command, variables, { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    for (const signal of PASSED) process.on(signal, pass);
    child.on('error', (error) => {
      reject(toNotRun(command.name, error));
    });
    child.on('exit', (code, signal) => {
      for (const signal of PASSED) process.off(signal, pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
