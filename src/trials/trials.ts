import type { WrittenRule } from '../core/faults/fault-rule.ts';
import type { Emulator } from '../compose/emulator.ts';
import type { Command } from './command.ts';
import { runCommand, type CommandRun } from './command-run.ts';

/** Starts an emulator for one run. Each of its sandboxes has these fault rules, also after a reset. */
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
   * @param look reads results from the emulator after the command has ended
   * @throws {Error} Node's error if the command cannot be started
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

/** Milliseconds in addition to the first run's time, for retries and pauses that a fault causes. */
const PATIENCE = 15_000;
/** Several runs share the machine, and a run with a fault does more. */
const SLACK = 4;

/** The time limit of a run in milliseconds, from its duration without a fault. */
export function toLimit(duration: number): number {
  return Math.ceil(duration * SLACK + PATIENCE);
}

/** Works on all items in order, `jobs` at a time. Starts no more once `work` returns 'stop'. */
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

/** Reads every balance of every sandbox, by sandbox and account. */
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
