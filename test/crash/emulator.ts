import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

import { collect, type Child, type Processes } from '../bench/processes.ts';

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Milliseconds after which a start hangs. How long one takes is told at the end: a busy machine takes its time. */
const START_LIMIT = 60_000;

interface Line {
  readonly level?: string;
  readonly msg?: string;
  readonly url?: string;
}

/** One life of the built command. */
export class Emulator {
  readonly #child: Child;
  readonly #complaints: () => string;
  readonly #exited: Promise<unknown>;
  readonly lines: string[] = [];
  #url: string | undefined;
  #hasEnded = false;

  constructor(processes: Processes, words: readonly string[]) {
    const all = ['start', '--port', '0', '--log-format', 'json', ...words];
    this.#child = processes.start(process.execPath, [COMMAND, ...all]);
    this.#complaints = collect(this.#child.stderr);
    this.#exited = once(this.#child, 'exit').then(() => (this.#hasEnded = true));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.lines.push(line);
      const { msg, url } = parse(line);
      if (msg === 'ready') this.#url = url;
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @returns the shared URL. @throws where the start is refused or takes too long */
  async ready(): Promise<string> {
    const limit = performance.now() + START_LIMIT;
    while (this.#url === undefined) {
      if (this.#hasEnded) throw new Error(`The start was refused:\n${this.#said()}`);
      if (performance.now() > limit) throw new Error(`The start took more than ${START_LIMIT} ms:\n${this.#said()}`);
      await sleep(5);
    }
    return this.#url;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** @param patience milliseconds until it is killed; none lets it end by itself */
  async end(patience?: number): Promise<void> {
    this.#child.kill('SIGTERM');
    if (patience === undefined) await this.#exited;
    else {
      await Promise.race([this.#exited, sleep(patience)]);
      await this.kill();
    }
  }

  /** What nobody should find in a log: errors, a stack trace, words outside it. */
  listComplaints(): readonly string[] {
    const bad = this.lines.filter((line) => {
      const { level, msg } = parse(line);
      return msg === undefined || level === 'error' || line.includes(String.raw`\n    at `);
    });
    const complaints = this.#complaints();
    return complaints === '' ? bad : [...bad, complaints];
  }

  /** Lines of the log beside the one that says it is ready. */
  listRemarks(): readonly string[] {
    return this.lines.filter((line) => parse(line).msg !== 'ready');
  }

  #said(): string {
    return [...this.lines, this.#complaints()].join('\n');
  }
}

function parse(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return {};
  }
}
