import { onTestFinished, vi } from 'vitest';

import { runCommandLine } from '../../src/cli/command-line.ts';
import { report } from '../../src/cli/report.ts';
import type { CommandOptions, Outcome } from './command.ts';
import { createFolder } from './folder.ts';

/**
 * What `runCommand` does, but in this process, which takes a tenth of the time. One test for each
 * verb runs the built command; that what is thrown here ends it is shown there.
 */
export async function callCommand(
  words: readonly string[],
  { cwd = createFolder(), env = {} }: Omit<CommandOptions, 'input'> = {},
): Promise<Outcome> {
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  const { env: before, exitCode } = process;
  const folder = process.cwd();
  const restore = (): void => {
    stdout.restore();
    stderr.restore();
    process.env = before;
    process.exitCode = exitCode;
    process.chdir(folder);
  };
  onTestFinished(restore);
  process.env = { PATH: before['PATH'], ...env };
  process.chdir(cwd);
  process.exitCode = undefined;
  let code = 0;
  try {
    await runCommandLine(words);
    code = readExitCode();
  } catch (error) {
    code = report(error);
  } finally {
    restore();
  }
  return { stdout: stdout.read(), stderr: stderr.read(), code };
}

/** That of a command which `exec` ran. */
function readExitCode(): number {
  return Number(process.exitCode ?? 0);
}

/** What yargs prints. */
export async function readHelp(words: readonly string[]): Promise<string> {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => {
    print.mockRestore();
  });
  await runCommandLine(words);
  const printed = print.mock.calls.join('\n');
  print.mockClear();
  return printed;
}

/** Keeps what is written instead of writing it. */
function capture(stream: NodeJS.WriteStream): { read: () => string; restore: () => void } {
  const written: string[] = [];
  const write = vi.spyOn(stream, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return { read: () => written.join(''), restore: () => write.mockRestore() };
}
