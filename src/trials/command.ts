import type { ChildProcess, SpawnOptions } from 'node:child_process';

import spawn from 'cross-spawn';

/** A command and what it is run with. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * Starts a command of the user's, with these variables beside those of this process.
 *
 * On Windows `npm` is a script for its shell, which Node starts only with words that are escaped for that.
 */
export function startCommand(
  { name, args }: Command,
  variables: Readonly<Record<string, string>>,
  options: SpawnOptions,
): ChildProcess {
  return spawn(name, args, { ...options, env: { ...process.env, ...variables } });
}
