import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { onTestFinished } from 'vitest';

import { createFolder } from './folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Milliseconds that a command may take to print what is waited for. How long it may take is up to the test. */
const PATIENCE = 45_000;

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, or the signal that ended it. */
  readonly code: number | string | null;
}

export interface CommandOptions {
  /** The working folder; an empty one if left out. */
  readonly cwd?: string;
  /** Beside PATH nothing is taken over from this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What runs in the place of the built command. */
  readonly program?: string;
}

/** Runs the built command to its end. */
export async function runCommand(words: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { input = '', ...others } = options;
  const command = startCommand(words, others);
  command.child.stdin.end(input);
  return command.ended;
}

/** The built command while it runs; ended when the test ends. */
export interface Command {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Outcome>;
  /** Resolves with all of standard output so far as soon as it holds the text. */
  readonly printed: (text: string) => Promise<string>;
}

export function startCommand(words: readonly string[], options: CommandOptions = {}): Command {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: \`npm run build\` has failed.`);
  const { cwd = createFolder(), env, program } = options;
  const [file, given] = program === undefined ? [process.execPath, [MAIN, ...words]] : [program, words];
  const child = spawn(file, given, { cwd, env: { PATH: process.env['PATH'], ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  const describe = (): string => `credits-emulator ${words.join(' ')}\nstdout: ${stdout}\nstderr: ${stderr}`;
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ stdout, stderr, code: code ?? signal });
    });
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  const printed = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`It did not print "${text}": ${describe()}`));
      }, PATIENCE);
      const look = (): void => {
        if (!stdout.includes(text)) return;
        clearTimeout(timer);
        child.stdout.off('data', look);
        resolve(stdout);
      };
      child.stdout.on('data', look);
      child.on('close', () => {
        clearTimeout(timer);
        reject(new Error(`It ended without printing "${text}": ${describe()}`));
      });
      look();
    });
  return { child, ended, printed };
}

export interface Ready {
  readonly level: string;
  readonly msg: string;
  readonly version: string;
  readonly url: string;
  readonly providers: Readonly<Record<string, string>>;
}

/** `start` on free ports, as soon as it is ready. */
export async function startServer(
  words: readonly string[] = [],
  options: CommandOptions = {},
): Promise<Command & { readonly ready: Ready }> {
  const command = startCommand(['start', '--port', '0', ...words], options);
  const line = await command.printed('"msg":"ready"');
  const ready = line.split('\n').find((one) => one.includes('"msg":"ready"')) ?? '';
  return { ...command, ready: JSON.parse(ready) as Ready };
}
