import { DataFolder, type DataFolderOptions } from '../../src/core/store/disk/data-folder.ts';
import type { Durability } from '../../src/core/store/disk/commit-log.ts';
import { files as realFiles, type Files } from '../../src/core/store/disk/files.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { coreCollections } from '../../src/core/sandbox/core-collections.ts';
import { toProgress, type Progress } from '../../src/core/sandbox/progress.ts';
import type { Sandbox } from '../../src/core/sandbox/sandbox.ts';
import { Sandboxes } from '../../src/core/sandbox/sandboxes.ts';
import { Seed } from '../../src/core/sandbox/seed.ts';
import { BalanceBook } from '../../src/core/store/balance-book.ts';
import { defineCollection } from '../../src/core/store/collection.ts';
import { CORE } from '../../src/core/store/due.ts';
import { History } from '../../src/core/store/history.ts';
import { Catalog, type Roots } from '../../src/core/store/roots.ts';
import { Store } from '../../src/core/store/store.ts';
import { parseInstant, type ClockState } from '../../src/core/values/clock.ts';
import { toAmount, type Amount } from '../../src/core/values/decimal.ts';
import type { Logger } from '../../src/core/values/logger.ts';
import { cloakroom } from './cloakroom.ts';

interface Account {
  readonly id: string;
  readonly name: string;
  readonly balance: Amount;
}

/** A provider with accounts, each of which has a balance and a name of its own, and nothing else. */
export const till: Provider = {
  ...cloakroom,
  id: 'till',
  collections: {
    accounts: defineCollection({
      key: ({ id }: Account) => id,
      unique: { name: ({ name }) => [name] },
      balances: [{ field: 'balance', unit: 'coins', tenant: () => 'all', account: ({ id }) => id }],
    }),
  },
  due: {
    double: (context, payload) => {
      const { id } = payload as { readonly id: string };
      const accounts = toAccounts(context);
      const account = accounts.find(id);
      if (account) accounts.put({ ...account, balance: toAmount(Number(account.balance) * 2) });
    },
  },
};

interface Accounts {
  readonly size: number;
  find(id: string): Account | undefined;
  values(): IterableIterator<Account>;
  put(account: Account): void;
  delete(id: string): void;
}

function toAccounts({ state }: { readonly state: object }): Accounts {
  // Of `till`, and of no other provider.
  return (state as { readonly accounts: Accounts }).accounts;
}

export interface TillOptions {
  readonly folder: string;
  readonly files?: Files;
  readonly durability?: Durability;
  readonly providers?: readonly Provider[];
  /** Accounts of the seed, with a balance of 100. */
  readonly seeded?: number;
  readonly logger?: Logger;
  readonly leastLog?: number;
  readonly toAdapter?: DataFolderOptions['toAdapter'];
}

export interface Looked {
  readonly balances: Readonly<Record<string, string>>;
  /** Name, instant and balances of each. */
  readonly snapshots: readonly unknown[];
  readonly clock: ClockState;
}

/** An open data folder with its sandboxes, without requests. */
export class Till {
  readonly folder: DataFolder;
  readonly sandboxes: Sandboxes;
  readonly #catalog: Catalog;

  static async open(options: TillOptions): Promise<Till> {
    const { folder: path, files = realFiles, durability = 'fsync', providers = [till], seeded = 3 } = options;
    const { logger = quiet, leastLog, toAdapter } = options;
    const stored = new Map(
      [{ id: CORE, collections: coreCollections }, ...providers].map(({ id, collections }) => [
        id,
        { version: 1, collections: Object.keys(collections) },
      ]),
    );
    const folder = await DataFolder.open(
      { folder: path, durability, files, emulator: '1.2.3', providers: stored, logger, leastLog, toAdapter },
      false,
    );
    try {
      const catalog = new Catalog([{ id: CORE, collections: coreCollections }, ...providers], folder.foreign);
      const kept = await folder.read(catalog);
      const byName = Object.create(null) as Record<string, Sandbox>;
      const shared = {
        providers: new Map(providers.map((provider) => [provider.id, provider])),
        streaming: [],
        options: {},
        catalog,
        book: new BalanceBook(catalog),
        seed: new Seed({
          catalog,
          sections: providers.map((provider) => toSection(provider, seeded)),
          randomSeed: 1,
          clock: parseInstant('2026-01-01T00:00:00Z'),
        }),
        disk: folder,
        journalSize: 10,
        history: new History(1_000_000),
        logger,
      };
      const sandboxes = new Sandboxes(shared, byName, { limit: 1000 }, kept);
      sandboxes.get('default').persistence.introduce();
      await folder.begin(byName);
      return new Till(folder, sandboxes, catalog);
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  private constructor(folder: DataFolder, sandboxes: Sandboxes, catalog: Catalog) {
    this.#catalog = catalog;
    this.folder = folder;
    this.sandboxes = sandboxes;
  }

  /** How far the default sandbox has got beside its records. */
  progress(): Progress {
    return toProgress(new Store(this.#catalog, this.get().roots));
  }

  get(sandbox = 'default'): Sandbox {
    return this.sandboxes.get(sandbox);
  }

  /** Changes accounts in one transaction; resolves to whether that is kept. */
  async change(sandbox: string, work: (accounts: Accounts) => void): Promise<boolean> {
    const one = this.get(sandbox);
    const { losses } = one.persistence;
    one.transaction(till, { kind: 'request', provider: 'till', operation: 'change' }, (context) => {
      work(toAccounts(context));
    });
    await one.persistence.pending;
    return one.persistence.losses === losses;
  }

  /** Adds to a balance of an account, which is made where it is not there. */
  add(sandbox: string, id: string, amount: number): Promise<boolean> {
    return this.change(sandbox, (accounts) => {
      const balance = Number(accounts.find(id)?.balance ?? 0) + amount;
      accounts.put({ id, name: `name of ${id}`, balance: toAmount(balance) });
    });
  }

  balances(sandbox = 'default'): Readonly<Record<string, string>> {
    return this.balancesIn(this.get(sandbox).roots);
  }

  /** @param provider which is one like `till` */
  balancesIn(roots: Roots, provider = till): Readonly<Record<string, string>> {
    const state = new Store(this.#catalog, roots).open(provider.id, provider.collections);
    return Object.fromEntries([...toAccounts({ state }).values()].map(({ id, balance }) => [id, balance]));
  }

  /** All sandboxes with their balances and those of their snapshots, which makes none. */
  look(): Readonly<Record<string, Looked>> {
    const looked = this.sandboxes.list().map(({ name, roots, snapshots, clock }): [string, Looked] => {
      const taken = [...snapshots].map(([one, snapshot]) => [one, snapshot.at, this.balancesIn(snapshot.roots)]);
      return [name, { balances: this.balancesIn(roots), snapshots: taken.sort(), clock: clock.state }];
    });
    return Object.fromEntries(looked.sort());
  }

  async close(): Promise<void> {
    this.sandboxes.close();
    this.sandboxes.storeDrift();
    await this.folder.close();
  }
}

const quiet: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };

function toSection(provider: Provider, seeded: number): ConstructorParameters<typeof Seed>[0]['sections'][number] {
  const own: Provider = {
    ...provider,
    fixture: {
      schema: {},
      dump: () => ({}),
      load: (_, state) => {
        for (let number = 0; number < seeded; number += 1) {
          const id = `seeded-${number}`;
          toAccounts({ state }).put({ id, name: id, balance: toAmount(100) });
        }
      },
    },
  };
  return { provider: own, content: {}, locate: (error) => error };
}
