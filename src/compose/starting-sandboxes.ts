import type { Config } from '../config/config.ts';
import type { Provider } from '../core/provider/provider.ts';
import { coreCollections } from '../core/sandbox/core-collections.ts';
import { RECORDED_BYTES } from '../core/sandbox/recording.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { DEFAULT_SANDBOX, Sandboxes } from '../core/sandbox/sandboxes.ts';
import type { Seed } from '../core/sandbox/seed.ts';
import { BalanceBook } from '../core/store/balance-book.ts';
import type { DataFolder } from '../core/store/disk/data-folder.ts';
import { CORE } from '../core/store/due.ts';
import type { History } from '../core/store/history.ts';
import { Catalog } from '../core/store/roots.ts';
import { Targets } from '../core/values/allowlist.ts';
import type { Logger } from '../core/values/logger.ts';
import type { Naming, RuleList } from '../fixtures/rule-list.ts';
import { SeedCache } from '../fixtures/seed-cache.ts';
import type { Fixtures } from '../fixtures/worlds.ts';
import { createSender } from '../http/webhook-sender.ts';
import { announce, explained } from './storage.ts';

interface Parts {
  readonly providers: readonly Provider[];
  readonly naming: Naming;
  readonly fixtures: Fixtures;
  /** Fault rules that every start adds. */
  readonly faults: readonly RuleList[];
  readonly history: History;
  readonly onGone: (sandbox: Sandbox) => void;
  readonly onForget: (sandbox: Sandbox) => void;
}

interface StartingSandboxes {
  readonly catalog: Catalog;
  readonly seeds: SeedCache;
  readonly seed: Seed;
  readonly sandboxes: Sandboxes;
}

/** Opens the sandboxes of the data folder, and the default one. */
export async function openSandboxes(
  config: Config,
  folder: DataFolder | undefined,
  logger: Logger,
  { providers, naming, fixtures, faults, history, onGone, onForget }: Parts,
): Promise<StartingSandboxes> {
  const catalog = new Catalog([{ id: CORE, collections: coreCollections }, ...providers], folder?.foreign);
  const { randomSeed, clock } = config;
  const seeds = new SeedCache({ catalog, providers, naming, fixtures: config.fixtures, faults, randomSeed, clock });
  const seed = await seeds.start(fixtures);
  const kept = folder && (await explained(folder.path, () => folder.read(catalog)));
  // An object without a prototype, because a sandbox may be named "constructor".
  const byName = Object.create(null) as Record<string, Sandbox>;
  const sandboxes = new Sandboxes(
    {
      providers: new Map(providers.map((provider) => [provider.id, provider])),
      options: config.options,
      streaming: providers.filter(({ streams }) => streams),
      catalog,
      book: new BalanceBook(catalog),
      seed,
      disk: folder,
      journalSize: config.journalSize,
      history,
      recorded: config.record ? { left: Math.max(config.historyBytes, RECORDED_BYTES) } : undefined,
      send: config.isMute === true ? undefined : createSender(new Targets(config.allowTarget)),
      onForget,
      logger,
    },
    byName,
    { limit: config.maxSandboxes, idle: folder ? undefined : config.sandboxIdle, onGone },
    kept,
  );
  const first = sandboxes.get(DEFAULT_SANDBOX);
  if (folder) {
    announce(config, folder.path, kept?.size ?? 0, logger);
    first.persistence.introduce();
    await explained(folder.path, () => folder.begin(byName));
  }
  return { catalog, seeds, seed, sandboxes };
}
