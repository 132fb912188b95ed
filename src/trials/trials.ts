import type { WrittenRule } from '../core/faults/fault-rule.ts';
import type { Emulator } from '../compose/emulator.ts';
import type { Command } from './command.ts';
import { runCommand, type CommandRun } from './command-run.ts';

/** Starts an emulator for one run, with these rules armed in each of its sandboxes from the beginning and after each reset. */
export type StartEmulator = (rules: readonly WrittenRule[]) => Promise<Emulator>;

export interface Trial {
  readonly rules: readonly WrittenRule[];
  /** Milliseconds. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs commands, each with an emulator of its own. */
export class Trials {
  readonly #start: StartEmulator;
  readonly #command: Command;

  constructor(start: StartEmulator, command: Command) {
    this.#start = start;
    this.#command = command;
  }

  /**
   * @param look at the emulator once the command has ended
   * @throws {Error} of Node where the command cannot be run
   */
  async run<T>(
    { rules, limit, signal }: Trial,
    look: (emulator: Emulator) => Promise<T>,
  ): Promise<CommandRun & { readonly seen: T }> {
    const emulator = await this.#start(rules);
    try {
      const run = await runCommand(this.#command, { env: emulator.env, limit, signal });
      return { ...run, seen: await look(emulator) };
    } finally {
      await emulator.close();
    }
  }
}

/** Milliseconds beside the time of the first run: what a fault may have a client wait for, tries again and pauses between. */
const PATIENCE = 15_000;
/** Several runs share the machine, and one with a fault has more to do. */
const SLACK = 4;

/** After how many milliseconds a run hangs, by how long it takes without a fault. */
export function toLimit(duration: number): number {
  return Math.ceil(duration * SLACK + PATIENCE);
}

/** Works on all, so many at a time, in their order. Stops beginning where `work` says so. */
export async function runPool<T>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<'go on' | 'stop'>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      if ((await work(item)) === 'stop') left.length = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
}

const PAGE = 10_000;

/** Every balance of every sandbox, by what it is. */
export async function readBalances(emulator: Emulator): Promise<ReadonlyMap<string, string>> {
  const balances = new Map<string, string>();
  const { sandboxes } = await emulator.sandboxes.list();
  for (const { name } of sandboxes) {
    let cursor: string | undefined;
    do {
      const { accounts, next } = await emulator.sandbox(name).accounts.list({ limit: PAGE, ...(cursor && { cursor }) });
      for (const { provider, tenant, account, unit, balance } of accounts) {
        const where = name === 'default' ? '' : ` in ${name}`;
        balances.set(`${provider} ${tenant} ${account} ${unit}${where}`, balance);
      }
      cursor = next;
    } while (cursor !== undefined);
  }
  return balances;
}
