import type { ChildProcess, SpawnOptions } from 'node:child_process';

import spawn from 'cross-spawn';

/** A command and its arguments. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * Starts a user's command with these variables in addition to those of this process.
 *
 * On Windows `npm` is a shell script, which Node starts only with escaped arguments.
 */
export function startCommand(
  { name, args }: Command,
  variables: Readonly<Record<string, string>>,
  options: SpawnOptions,
): ChildProcess {
  return spawn(name, args, { ...options, env: { ...process.env, ...variables } });
}
