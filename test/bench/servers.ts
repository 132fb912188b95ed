import { createInterface } from 'node:readline';

import { toSizedDocument } from './document.ts';
import { collect, type Child, type Processes } from './processes.ts';
import { send, toPut } from './client.ts';
import { copyFolder } from './disk.ts';
import { createFillingFixture, createHistoryFixture, createRules, toVariantFixture, writeSeed } from './fixtures.ts';
import type { Workspace } from './workspace.ts';

/** Reading a YAML or JSON fixture of 100,000 records takes a while, and so does checking a large document. */
const START_LIMIT = 120_000;

export interface Server {
  /** Where the balances are; of an emulator, Klaim's. */
  readonly url: string;
  readonly gamefuse: string;
  readonly inveterate: string;
  readonly openmonetize: string;
  readonly decentraland: string;
  /** Of the process. */
  readonly pid: number;
  /** Where the control API is, for an emulator. */
  readonly shared: string;
}

interface Ready {
  readonly msg?: string;
  readonly url: string;
  readonly providers?: Readonly<Record<string, string>>;
}

/**
 * The servers that rows are measured on. Each starts when first asked for and runs to the end. A row
 * has servers of its own, so that its figures are the same whichever other rows are measured.
 */
export class Servers {
  readonly #processes: Processes;
  readonly #workspace: Workspace;
  readonly #started = new Map<string, Promise<Server>>();
  /** Folders of data by how many users they hold. */
  readonly #folders = new Map<number, Promise<void>>();

  constructor(processes: Processes, workspace: Workspace) {
    this.#processes = processes;
    this.#workspace = workspace;
  }

  /** A baseline that has one answer, with `node:http` alone or with Express. */
  answering(kind: 'http' | 'express', row: string, answer: object): Promise<Server> {
    return this.#once(`${kind} of ${row}`, () => [
      this.#workspace.writeScript(`${kind}-server`),
      this.#workspace.writeJson(`answer-${row}`, answer),
    ]);
  }

  /** The baseline of streams. */
  rawStreams(row: string): Promise<Server> {
    return this.#once(`raw streams of ${row}`, () => [this.#workspace.writeScript('stream-server')]);
  }

  /** The command line as users start it. */
  emulator(row: string): Promise<Server> {
    return this.#once(`emulator of ${row}`, () => [this.#workspace.toBuilt('cli/main.js'), 'start', '--port', '0']);
  }

  /** Klaim with so many operations in its document. */
  variant(row: string, operations: number): Promise<Server> {
    return this.#once(`emulator of ${row} with ${operations} operations`, () => [
      this.#workspace.writeScript('variant-server'),
      this.#workspace.toBuilt('.'),
      this.#workspace.writeJson(
        `document-${operations}`,
        toSizedDocument(this.#workspace.readBuilt('specs/klaim.json'), operations),
      ),
      this.#workspace.writeJson('variant', toVariantFixture(this.#workspace.readBuilt('fixtures/klaim.json'))),
    ]);
  }

  /** The command line with so many sandboxes, each with a change of its own. */
  async crowded(row: string, sandboxes: number): Promise<Server> {
    const server = await this.emulator(`${row} with ${sandboxes}`);
    const ask = toPut(server.url, 'ada');
    for (let at = 0; at < sandboxes; at += 1) {
      await send({ ...ask, headers: { ...ask.headers, 'X-Emulator-Sandbox': `crowd-${at}` } });
    }
    return server;
  }

  /** The command line with so many users in the seed, and no bound on sandboxes that a run could reach. */
  seeded(users: number): Promise<Server> {
    return this.#once(`emulator with ${users} users`, () => [
      this.#workspace.toBuilt('cli/main.js'),
      ...['start', '--port', '0', '--max-sandboxes', '1000000'],
      ...['--fixtures', writeSeed(this.#workspace, users)],
    ]);
  }

  /**
   * The command line on a folder of so many users that nobody else has.
   *
   * @param durability `memory` for one that keeps nothing, and begins with the same users
   */
  onDisk(row: string, users: number, durability: 'memory' | 'os' | 'fsync'): Promise<Server> {
    return this.#once(`emulator of ${row} with ${users} users, ${durability}`, async () => {
      const words = [this.#workspace.toBuilt('cli/main.js'), 'start', '--port', '0'];
      if (durability === 'memory') return [...words, '--fixtures', writeSeed(this.#workspace, users)];
      const folder = this.#workspace.toPath(`data-${row}-${durability}-${users}`);
      return [...words, '--data', copyFolder(await this.makeFolder(users), folder), '--durability', durability];
    });
  }

  /** A folder of data that an emulator with so many users has left; whoever changes it copies it. */
  async makeFolder(users: number): Promise<string> {
    const folder = this.#workspace.toPath(`data-${users}`);
    const made = this.#folders.get(users) ?? this.#fill(folder, users);
    this.#folders.set(users, made);
    await made;
    return folder;
  }

  async #fill(folder: string, users: number): Promise<void> {
    const child = this.#processes.start(process.execPath, [
      this.#workspace.toBuilt('cli/main.js'),
      ...['start', '--port', '0', '--data', folder, '--fixtures', writeSeed(this.#workspace, users)],
    ]);
    await untilReady(child, `emulator that writes ${users} users`);
    await this.#processes.end(child);
  }

  /** The command line for one measurement alone; that of another copy, where its file is given. */
  async start(
    words: readonly string[],
    name: string,
    file = this.#workspace.toBuilt('cli/main.js'),
  ): Promise<{ readonly server: Server; readonly end: () => Promise<void> }> {
    const child = this.#processes.start(process.execPath, [file, 'start', ...words]);
    return { server: await untilReady(child, name), end: () => this.#processes.end(child) };
  }

  /** The command line with the default fixtures and so many users more. */
  filled(users: number): Promise<Server> {
    return this.#once(`emulator filled with ${users} users`, () => [
      this.#workspace.toBuilt('cli/main.js'),
      ...['start', '--port', '0', '--fixtures', 'default'],
      ...['--fixtures', this.#workspace.writeJson(`filling-${users}`, createFillingFixture(users))],
    ]);
  }

  /** The command line with so many fault rules of an operation that is not measured. */
  armed(row: string, rules: number): Promise<Server> {
    return this.#once(`emulator of ${row} with ${rules} rules`, () => [
      this.#workspace.toBuilt('cli/main.js'),
      ...['start', '--port', '0'],
      ...['--faults', this.#workspace.writeJson(`faults-${rules}`, createRules(rules))],
    ]);
  }

  /** The command line with so many transactions in the customer's own wallet. */
  withHistory(transactions: number): Promise<Server> {
    return this.#once(`emulator with ${transactions} transactions`, () => [
      this.#workspace.toBuilt('cli/main.js'),
      ...['start', '--port', '0', '--providers', 'openmonetize'],
      ...['--fixtures', this.#workspace.writeJson(`history-${transactions}`, createHistoryFixture(transactions))],
    ]);
  }

  #once(name: string, toWords: () => readonly string[] | Promise<readonly string[]>): Promise<Server> {
    const known = this.#started.get(name);
    if (known) return known;
    const started = this.#start(name, toWords);
    this.#started.set(name, started);
    return started;
  }

  async #start(name: string, toWords: () => readonly string[] | Promise<readonly string[]>): Promise<Server> {
    return untilReady(this.#processes.start(process.execPath, await toWords(), {}, 'server'), name);
  }
}

/** Resolves with the line of JSON that every server prints when it is ready. */
function untilReady(child: Child, name: string): Promise<Server> {
  const complaints = collect(child.stderr);
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error(`The server "${name}" ${what}. ${complaints()}`));
    };
    const timer = setTimeout(() => {
      fail(`was not ready after ${START_LIMIT} ms`);
    }, START_LIMIT);
    child.once('exit', (code) => {
      fail(`ended with ${code ?? 'a signal'}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = parseReady(line);
      if (ready?.msg !== 'ready') return;
      clearTimeout(timer);
      const { url, providers = {} } = ready;
      const { klaim, variant, gamefuse = url, inveterate = url, openmonetize = url, decentraland = url } = providers;
      resolve({
        url: klaim ?? variant ?? url,
        gamefuse,
        inveterate,
        openmonetize,
        decentraland,
        shared: url,
        pid: child.pid ?? 0,
      });
    });
  });
}

function parseReady(line: string): Ready | undefined {
  return line.startsWith('{') ? (JSON.parse(line) as Ready) : undefined;
}
