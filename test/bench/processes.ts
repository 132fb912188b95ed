import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';

export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Milliseconds that a child may take to end by itself. */
const GRACE = 3000;
/** Characters of a child's complaints that are kept for the error that ends the run. */
const KEPT = 4000;
/** What would change how a server starts. */
const NOT_INHERITED = /^(CREDITS_EMULATOR_.*|PORT|NODE_OPTIONS|NODE_COMPILE_CACHE)$/;

/** Who has a core: without one of its own, each takes from the other's and loses what that core has in its caches. */
const CORES = { server: '0', load: '1' } as const;
export type Core = keyof typeof CORES;

/** Whether servers and what asks them can be kept on a core each. */
export const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['-c', CORES.load, 'true'], { stdio: 'ignore' }).status === 0;

/** Every child process of the run. None outlives it. */
export class Processes {
  readonly #folder: string;
  readonly #running = new Set<Child>();

  /** @param folder where children run, so that no configuration file of the project is found */
  constructor(folder: string) {
    this.#folder = folder;
    process.once('exit', () => {
      for (const child of this.#running) child.kill('SIGKILL');
    });
  }

  /** @param core on which it runs alone with others of its kind, where the system can do that; any where it is left out */
  start(
    file: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    core?: Core,
  ): Child {
    const [command, ...rest] = core && canPin ? ['taskset', '-c', CORES[core], file, ...words] : [file, ...words];
    const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
    const child = spawn(command, rest, {
      cwd: this.#folder,
      env: { ...Object.fromEntries(inherited), NODE_ENV: 'production', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    child.once('error', () => this.#running.delete(child));
    return child;
  }

  /** What a command that ends by itself writes to standard output. @throws when it fails or takes longer than `limit` ms */
  async read(file: string, words: readonly string[], limit: number, core?: Core): Promise<string> {
    const child = this.start(file, words, {}, core);
    const output = collect(child.stdout, Infinity);
    const complaints = collect(child.stderr, KEPT);
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    try {
      // An `error`, such as a command that is not there, rejects.
      const [code] = (await once(child, 'close')) as [number | null];
      if (code === 0) return output();
      throw new Error(`${file} ended with ${code ?? 'a signal'}: ${complaints() || output()}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async end(child: Child): Promise<void> {
    if (!this.#running.has(child)) return;
    const ended = once(child, 'exit');
    child.kill();
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
    await ended;
    clearTimeout(timer);
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.end(child)));
  }
}

/** Reads to the end, so that a child never waits for somebody to read it, and keeps the last characters. */
export function collect(stream: Readable, most: number = KEPT): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = `${text}${chunk}`.slice(-most);
  });
  return () => text.trim();
}
