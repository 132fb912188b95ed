import { createInterface } from 'node:readline';

import type { Answer, Ask } from './ask.ts';
import { collect, type Child, type Core, type Processes } from './processes.ts';
import { COMMAND, type Workspace } from './workspace.ts';

const START_LIMIT = 60_000;

export interface Server {
  readonly child: Child;
  readonly pid: number;
  /** Of a bare server; the shared port of an emulator. */
  readonly url: string;
  /** Of each provider of an emulator, by its id. */
  readonly providers: Readonly<Record<string, string>>;
}

/** What Express routes, and what it answers. */
export interface Route extends Pick<Answer, 'status' | 'headers' | 'body'> {
  readonly method: Ask['method'];
  readonly path: string;
}

/** Starts the servers that rows measure, each in a process of its own. */
export class Servers {
  readonly #processes: Processes;
  readonly #workspace: Workspace;
  #started = 0;

  constructor(processes: Processes, workspace: Workspace) {
    this.#processes = processes;
    this.#workspace = workspace;
  }

  /** A server with one finished answer, with `node:http` alone or with Express. */
  answering(kind: 'http' | 'express', route: Route, core?: Core): Promise<Server> {
    const file = this.#workspace.write(`route-${(this.#started += 1)}.json`, JSON.stringify(route));
    return this.#start([this.#workspace.writeScript(`${kind}-server`), file], core);
  }

  /** `node:http` alone with event streams. */
  streaming(): Promise<Server> {
    return this.#start([this.#workspace.writeScript('stream-server')], 'server');
  }

  emulator(flags: readonly string[] = [], core?: Core): Promise<Server> {
    return this.#start([COMMAND, 'start', '--port', '0', ...flags], core);
  }

  /** Flags for an emulator that stores its state in a new folder. */
  toDataFlags(durability: string): readonly string[] {
    const folder = `${this.#workspace.folder}/data-${(this.#started += 1)}`;
    return ['--data', folder, '--durability', durability];
  }

  end({ child }: Server): Promise<void> {
    return this.#processes.end(child);
  }

  async #start(words: readonly string[], core: Core | undefined): Promise<Server> {
    const child = this.#processes.start(process.execPath, words, {}, core);
    return { child, pid: child.pid ?? 0, providers: {}, ...(await readReady(child, words.join(' '))) };
  }
}

/** The line of JSON that every server prints when it is ready. */
type Ready = Pick<Server, 'url'> & Partial<Pick<Server, 'providers'>>;

function readReady(child: Child, name: string): Promise<Ready> {
  const complaints = collect(child.stderr);
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error(`The server "${name}" ${what}. ${complaints()}`));
    };
    const timer = setTimeout(fail, START_LIMIT, `was not ready after ${START_LIMIT} ms`);
    child.once('exit', (code) => {
      fail(`ended with ${code ?? 'a signal'}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const { msg, url, providers = {} } = JSON.parse(line) as Ready & { readonly msg?: string };
      if (msg !== 'ready') return;
      clearTimeout(timer);
      resolve({ url, providers });
    });
  });
}
