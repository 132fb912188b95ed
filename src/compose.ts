import { fileURLToPath } from 'node:url';

import type { Express } from 'express';

import { Addresses } from './http/addresses.ts';
import { ConfigError, type Config } from './config/config.ts';
import type { Installation } from './control/act.ts';
import { createRequestLog } from './control/request-log.ts';
import { createControlService } from './control/service.ts';
import { monotonic } from './core/values/clock.ts';
import { Contract, type LoadOptions } from './core/contract/contract.ts';
import { readBundled, toBundledUrl } from './core/values/bundled-file.ts';
import { CORE } from './core/store/due.ts';
import { coreCollections } from './core/sandbox/core-collections.ts';
import { History } from './core/store/history.ts';
import { parseProgress } from './fixtures/progress.ts';
import { Engine } from './core/exchange/engine.ts';
import type { Nameable } from './core/faults/rule.ts';
import { BalanceBook } from './core/store/balance-book.ts';
import type { Logger } from './core/values/logger.ts';
import { openDatabase } from './core/store/disk/database.ts';
import type { Service } from './core/exchange/exchange.ts';
import type { Provider } from './core/provider/provider.ts';
import { toWatched } from './core/provider/blame.ts';
import { findOperationMistakes } from './core/provider/provider-check.ts';
import { toMessage } from './core/values/message.ts';
import { Redaction } from './core/wire/redaction.ts';
import type { Sandbox } from './core/sandbox/sandbox.ts';
import { DEFAULT_SANDBOX, Sandboxes } from './core/sandbox/sandboxes.ts';
import { Seed } from './core/sandbox/seed.ts';
import { createProviderService } from './core/exchange/stages.ts';
import { Catalog } from './core/store/roots.ts';
import { Store } from './core/store/store.ts';
import { readRuleList, toRules, type Naming } from './fixtures/rule-list.ts';
import { readFileSource } from './fixtures/source.ts';
import { assertFixture, loadFixtures, toSections } from './fixtures/worlds.ts';
import { createApp } from './http/front.ts';
import { isTrustedHost } from './http/trusted-host.ts';
import { EventStreams } from './http/sse.ts';
import type { Directory } from './http/target.ts';
import { bundled } from './providers/index.ts';
import { explained, openFolder } from './storage.ts';
import { version } from './config/version.ts';

const CONTROL_DOCUMENT = toBundledUrl('specs/emulator.yaml');
const DEFAULT_RANDOM_SEED = 1;

/** Without a prototype, as the database has them: a sandbox may be called "constructor". */
function createNames(): Record<string, Sandbox> {
  return Object.create(null) as Record<string, Sandbox>;
}

/** An emulator without ports. */
export interface Composition {
  readonly app: Express;
  readonly sandboxes: Sandboxes;
  readonly streams: EventStreams;
  readonly addresses: Addresses;
  /** The variables that `credits-emulator env` prints on this machine. */
  environment(): Readonly<Record<string, string>>;
  /** Once nothing comes in any more. */
  close(): Promise<void>;
}

/**
 * Puts the layers together: config and providers to core, core to http.
 *
 * @throws {ConfigError} for fixtures that do not fit
 */
export async function compose(config: Config, logger: Logger): Promise<Composition> {
  const started = monotonic();
  const providers = config.providers.map(toWatched);
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const { host, publicUrl, trustProxy } = config;
  const addresses = new Addresses({ providers, host, publicUrl });
  const [fixtures, controlContract, services] = await Promise.all([
    loadFixtures(config.fixtures, providers, config.places.keys()),
    loadContract(CONTROL_DOCUMENT, { check: false, failures: 'some' }),
    loadServices({ ...config, providers }),
  ]);
  const nameable: Nameable = new Map(
    providers.map(({ id, codes = {} }) => {
      const operations = services.get(id)?.contract.operations ?? [];
      return [id, { operations: operations.map(({ operationId }) => operationId), codes: Object.keys(codes) }];
    }),
  );
  const ruleLists = [...fixtures.faults, ...(await Promise.all(config.faults.map(readRuleList)))];
  const naming: Naming = { nameable, known: [...config.places.keys()] };
  const rules = await toRules(ruleLists, naming);
  const progress = await Promise.all(
    fixtures.progress.map(({ source, content }) => parseProgress(source, content, naming)),
  );
  const folder = config.data === undefined ? undefined : await openFolder(config, config.data, logger);
  const catalog = new Catalog([{ id: CORE, collections: coreCollections }, ...providers], folder?.foreign);
  const randomSeed = config.randomSeed ?? fixtures.randomSeed ?? DEFAULT_RANDOM_SEED;
  const seed = new Seed({
    catalog,
    sections: fixtures.sections,
    randomSeed,
    clock: config.clock ?? fixtures.clock,
    rules,
    progress,
  });
  const kept = folder && (await explained(folder.path, () => folder.read(catalog)));
  const byName = folder ? createNames() : (await openDatabase<Sandbox>()).data.sandboxes;
  const sandboxes = new Sandboxes(
    {
      providers: byId,
      options: config.options,
      streaming: providers.filter(({ streams }) => streams).map(({ id }) => id),
      catalog,
      book: new BalanceBook(catalog),
      seed,
      disk: folder,
      journalSize: config.journalSize,
      history: new History(config.historyBytes),
      logger,
    },
    byName,
    { limit: config.maxSandboxes, idle: folder ? undefined : config.sandboxIdle },
    kept,
  );
  // Made now, so that a fixture's mistake stops the start.
  const first = sandboxes.get(DEFAULT_SANDBOX);
  if (folder) {
    first.upkeep.introduce();
    await explained(folder.path, () => folder.begin(byName));
  }
  const seeded = new Store(catalog, first.roots);

  const environmentOf: Installation['environmentOf'] = (id, approach) => {
    const provider = byId.get(id);
    if (!provider) return {};
    // Asking after a sandbox that nobody has used does not make it.
    const sandbox = sandboxes.find(approach?.sandbox ?? DEFAULT_SANDBOX);
    const state = sandbox?.stateOf(id) ?? seeded.open(id, provider.collections);
    return provider.env(state, addresses.seenFrom(approach).of(id));
  };
  const environment: Installation['environment'] = (approach) => ({
    CREDITS_EMULATOR_URL: addresses.seenFrom(approach).shared,
    ...Object.fromEntries(providers.flatMap(({ id }) => Object.entries(environmentOf(id, approach)))),
  });
  const redaction = new Redaction(providers.flatMap(({ secrets }) => secrets));
  const installation: Installation = {
    version,
    uptime: () => monotonic() - started,
    providers: byId,
    services,
    options: config.options,
    addresses,
    environment,
    environmentOf,
    documents: new Map([
      ['emulator', CONTROL_DOCUMENT],
      ...providers.map(({ id, document }) => [id, document] as const),
    ]),
    nameable,
    disk: folder && (() => ({ folder: folder.path, durability: config.durability, ...folder.status })),
    redaction,
    buildState: async (written, sandbox) => {
      const source = { content: written, trusted: false, locate: () => 'body' };
      const { clock, progress: content } = assertFixture(source, new Set(naming.known));
      const imported = content === undefined ? {} : await parseProgress(source, content, naming);
      const state = new Seed({
        catalog,
        sections: toSections(source, providers),
        randomSeed: imported.randomSeed ?? sandbox.randomSeed,
        clock,
        progress: [imported],
      });
      const roots = state.roots(clock ?? sandbox.clock.now());
      return {
        roots: clock === undefined ? { ...roots, clock: sandbox.clock.state } : roots,
        keepsFaults: imported.rules === undefined,
      };
    },
  };
  const hosts = [
    ...config.allowHost,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
    ...providers.flatMap((provider) => provider.hosts),
  ];
  const control = createControlService(controlContract, installation, {
    hosts,
    origins: config.allowOrigin,
    ports: () => [...addresses.entries.keys()],
    token: config.controlToken,
    trustProxy,
  });
  const streams = new EventStreams();
  const app = createApp({
    engine: new Engine(logger, createRequestLog(logger, { explain: config.explain, redaction })),
    sandboxes,
    directory: {
      providers: new Map([...services].map(([id, service]) => [id, { service, hosts: byId.get(id)?.hosts ?? [] }])),
      control,
      controlPlace: toControlPlace(config.control),
    },
    entries: addresses.entries,
    approach: { trustProxy, isTrusted: (name) => isTrustedHost(name, hosts) },
    welcome: (approach) => {
      const places = addresses.seenFrom(approach);
      return {
        version,
        providers: providers.map(({ id, title }) => ({ id, title, url: places.of(id), hint: places.hintFor(id) })),
        paths: providers.map(({ id }) => `/${id}`),
        control: config.control === 'off' ? undefined : places.control,
      };
    },
    streams,
    requestFaults: config.requestFaults,
    logger,
  });
  return {
    app,
    sandboxes,
    streams,
    addresses,
    environment,
    close: async () => {
      await folder?.close();
    },
  };
}

function toControlPlace(control: Config['control']): Directory['controlPlace'] {
  if (typeof control === 'number') return 'apart';
  return control === 'on' ? 'everywhere' : 'off';
}

async function loadServices({ providers, strict, bodyLimit }: Config): Promise<ReadonlyMap<string, Service>> {
  const services = providers.map(async (provider): Promise<[string, Service]> => {
    const { id, document, coercion, failures } = provider;
    // The tests check the bundled documents, and no other provider can have the id of a bundled one.
    const check = !bundled.some((known) => known.provider.id === id);
    const contract = await loadContract(document, { check, coercion, failures });
    const mistakes = check ? findOperationMistakes(provider, contract.document) : [];
    if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
    const limited: Provider =
      bodyLimit === undefined ? provider : { ...provider, body: { ...provider.body, limit: bodyLimit } };
    return [id, createProviderService(limited, contract, { strict })];
  });
  return new Map(await Promise.all(services));
}

/** By document and by how it is loaded. Contracts hold no state, so all emulators of a process share them. */
const shared = new Map<string, Promise<Contract>>();

function loadContract(document: URL, options: LoadOptions): Promise<Contract> {
  const key = `${document.href} ${JSON.stringify(options)}`;
  const known = shared.get(key) ?? readContract(document, options);
  shared.set(key, known);
  // A document that cannot be read may be mended by the next time.
  known.catch(() => shared.delete(key));
  return known;
}

async function readContract(document: URL, options: LoadOptions): Promise<Contract> {
  const file = fileURLToPath(document);
  // One that is not checked has been built with the package.
  const content = options.check ? (await readFileSource(file)).content : await readBundled(document);
  if (typeof content !== 'object' || content === null) throw new ConfigError(`${file} is no OpenAPI document.`);
  try {
    return await Contract.load(content, options);
  } catch (error) {
    throw new ConfigError(`${file}: ${toMessage(error)}`);
  }
}
