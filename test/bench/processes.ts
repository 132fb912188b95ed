import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Milliseconds that a child may take to end by itself. */
const GRACE = 3000;
/** Characters of a child's complaints that are kept for the error that ends the run. */
const KEPT = 4000;
/** What would change how a server starts. */
const NOT_INHERITED = /^(CREDITS_EMULATOR_.*|PORT|NODE_OPTIONS|NODE_COMPILE_CACHE)$/;

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

  start(file: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}): Child {
    const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
    const child = spawn(file, [...words], {
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
  async read(file: string, words: readonly string[], limit: number): Promise<string> {
    const child = this.start(file, words);
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
