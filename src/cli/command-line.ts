import yargs from 'yargs';

import { version } from '../version.ts';
import { env } from './env.ts';
import { exec } from './exec.ts';
import { healthcheck } from './healthcheck.ts';
import { providers } from './providers.ts';
import { UsageError } from './report.ts';
import { reset } from './reset.ts';
import { start } from './start.ts';
import { validate } from './validate.ts';
import { wait } from './wait.ts';

/** Finds the verb and its flags and runs it. Names and help only: what a verb does is in its own file. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  await yargs()
    .scriptName('credits-emulator')
    .usage('$0 [command]\n\nAnswers like real credits services, for tests, CI and demonstrations.')
    .parserConfiguration({ 'camel-case-expansion': false, 'dot-notation': false, 'populate--': true })
    .command(start)
    .command(exec)
    .command(env)
    .command(wait)
    .command(providers)
    .command(validate)
    .command(reset)
    .command(healthcheck)
    .version(version)
    .strict()
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'The command is not complete.');
    })
    .parseAsync([...words]);
}
