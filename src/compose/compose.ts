import { Addresses } from '../http/addresses.ts';
import { getCredentials } from './certificate.ts';
import type { Config } from '../config/config.ts';
import { listHosts } from '../config/hosts.ts';
import { getOwnContract, listOtherContracts, loadForeignContract } from './contracts.ts';
import type { Transport } from '../http/control-transport.ts';
import type { Installation } from '../control/endpoint.ts';
import { Metrics } from '../control/metrics.ts';
import { createRequestLog } from '../control/request-log.ts';
import { createControlService } from '../control/service.ts';
import { Clock, monotonic } from '../core/values/clock.ts';
import { toBundledUrl } from '../core/values/bundled-file.ts';
import { createDirectTransport } from '../http/direct-transport.ts';
import { CORE } from '../core/store/due.ts';
import { coreCollections } from '../core/sandbox/core-collections.ts';
import { History } from '../core/store/history.ts';
import { parseProgress } from '../fixtures/progress.ts';
import { Engine } from '../core/exchange/engine.ts';
import type { Nameable, NameableProvider } from '../core/faults/fault-rule.ts';
import { BalanceBook } from '../core/store/balance-book.ts';
import type { Logger } from '../core/values/logger.ts';
import type { DataFolder } from '../core/store/disk/data-folder.ts';
import { openDatabase } from '../core/store/disk/database.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { Provider } from '../core/provider/provider.ts';
import { toWatched } from '../core/provider/blame.ts';
import { toMessage } from '../core/values/message.ts';
import { Targets } from '../core/values/allowlist.ts';
import { Redaction } from '../core/wire/redaction.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { DEFAULT_SANDBOX, Sandboxes } from '../core/sandbox/sandboxes.ts';
import { RECORDED_BYTES } from '../core/sandbox/recording.ts';
import { Seed } from '../core/sandbox/seed.ts';
import { createProviderService } from '../core/exchange/stages.ts';
import { Tally } from '../core/exchange/tally.ts';
import { Catalog } from '../core/store/roots.ts';
import { Store } from '../core/store/store.ts';
import { readRuleList, type Naming, type RuleList } from '../fixtures/rule-list.ts';
import { SeedCache } from '../fixtures/seed-cache.ts';
import { watchFiles } from '../fixtures/watching.ts';
import { assertFixture, loadFixtures, toSections, type Fixtures } from '../fixtures/worlds.ts';
import type { Credentials } from '../http/certificate-authority.ts';
import { Exchanges } from '../http/exchanges.ts';
import { createFront, type Front } from '../http/front.ts';
import { OwnPorts } from '../http/own-ports.ts';
import { isTrustedHost } from '../http/trusted-host.ts';
import { EventStreams } from '../http/sse.ts';
import { createSender } from '../http/webhook-sender.ts';
import type { Directory } from '../http/request-route.ts';
import { toBundle } from '../bundles/bundle.ts';
import type { ReplayEnvironment } from '../bundles/replay.ts';
import { rewind } from '../bundles/rewind.ts';
import { bundled } from '../providers/index.ts';
import { announce, explained, openFolder, type DiskAccess } from './storage.ts';
import { version } from '../config/version.ts';
import { createAudits } from '../audit/audits.ts';

const CONTROL_DOCUMENT = toBundledUrl('specs/emulator.yaml');

/** Without a prototype, as the database has them: a sandbox may be called "constructor". */
function createNames(): Record<string, Sandbox> {
  return Object.create(null) as Record<string, Sandbox>;
}

/** An emulator without ports. */
export interface Composition extends Front {
  readonly sandboxes: Sandboxes;
  readonly streams: EventStreams;
  readonly addresses: Addresses;
  readonly ownPorts: OwnPorts;
  /** Of `--https`. */
  readonly credentials: Credentials | undefined;
  /** The control API without a socket. */
  readonly transport: Transport;
  /** Where bundles are played. */
  readonly replayEnvironment: ReplayEnvironment;
  /** The variables that `credits-emulator env` prints on this machine. */
  environment(): Readonly<Record<string, string>>;
  /** Loads files of fixtures again when they change, and puts sandboxes back to them; returns how that ends. */
  watch: () => () => void;
  /** Once nothing comes in any more. */
  close(): Promise<void>;
}

/**
 * Puts the layers together: config and providers to core, core to http.
 *
 * @param disk how data folders are reached
 * @throws {ConfigError} for fixtures that do not fit, and for a folder that cannot be used
 */
export async function compose(config: Config, logger: Logger, disk: DiskAccess = {}): Promise<Composition> {
  const opened: DataFolder[] = [];
  try {
    return await composeOn(config, logger, async (data) => {
      const folder = await openFolder(config, data, logger, disk);
      opened.push(folder);
      return folder;
    });
  } catch (error) {
    for (const folder of opened) await folder.release();
    throw error;
  }
}

async function composeOn(
  config: Config,
  logger: Logger,
  open: (data: string) => Promise<DataFolder>,
): Promise<Composition> {
  const started = monotonic();
  const providers = config.providers.map(toWatched);
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const { host, publicUrl, trustProxy, https } = config;
  const hosts = [
    ...config.allowHost,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
    ...listHosts(providers),
  ];
  const addresses = new Addresses({ providers, host, https, publicUrl });
  const ownPorts = new OwnPorts([...byId.keys()], addresses, config.listenPorts);
  const [fixtures, services, faults] = await Promise.all([
    loadFixtures(config.fixtures, { providers, known: new Set(config.places.keys()) }),
    loadServices({ ...config, providers }),
    Promise.all(config.faults.map(readRuleList)),
  ]);
  const nameable: Nameable = new Map(
    providers.map(({ id, codes = {} }) => {
      const own: NameableProvider = {
        // Asked for by who names one.
        get operations() {
          return (services.get(id)?.contract.operations ?? []).map(({ operationId }) => operationId);
        },
        codes: Object.keys(codes),
      };
      return [id, own];
    }),
  );
  const audits = createAudits(providers, services, listOtherContracts);
  const naming: Naming = { nameable, known: [...config.places.keys()] };
  // Not before the fixtures were read: it may be emptied, and a mistake in them would have it emptied for nothing.
  const folder = config.data === undefined ? undefined : await open(config.data);
  const credentials = await getCredentials(config, logger);
  const history = new History(config.historyBytes);
  const { catalog, seeds, seed, sandboxes } = await createSandboxes(config, folder, logger, {
    providers,
    naming,
    fixtures,
    faults,
    history,
    onGone: (sandbox) => {
      ownPorts.take(sandbox);
    },
    onForget: (sandbox) => {
      audits.keep(sandbox);
    },
  });
  let seeded = toSeeded(catalog, seed);

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
  const tally = new Tally();
  const engine = new Engine(logger, tally, createRequestLog(logger, { explain: config.explain, redaction }));
  const metrics = new Metrics({
    version,
    providers: [...byId.keys()],
    sandboxes,
    tally,
    history,
    disk: folder,
    onExchange: engine.onExchange.bind(engine),
  });
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
    sandboxes,
    ownPorts,
    ca: credentials?.ca,
    disk: folder && (() => ({ folder: folder.path, durability: config.durability, ...folder.status })),
    metrics,
    redaction,
    audits,
    tally,
    catalog,
    written: {
      providers: [...byId.keys()],
      set: config.set,
      strict: config.strict,
      requestFaults: config.requestFaults,
      ...(config.bodyLimit !== undefined && { bodyLimit: config.bodyLimit }),
    },
    rewind: (sandbox, id, name) => rewind(sandbox, id, name, stage),
    seeds,
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
  const control = createControlService(getOwnContract(CONTROL_DOCUMENT, { failures: 'some' }), installation, {
    hosts,
    origins: config.allowOrigin,
    ports: () => [...addresses.entries.keys()],
    token: config.controlToken,
    trustProxy,
  });
  const streams = new EventStreams();
  const exchanges = new Exchanges({ engine, sandboxes, requestFaults: config.requestFaults });
  const transport = createDirectTransport(control, exchanges, streams);
  const stage = { sandboxes, services, exchanges, streams, transport };
  const front = createFront({
    exchanges,
    directory: {
      providers: services,
      byHost: new Map([...services].flatMap(([id, one]) => (byId.get(id)?.hosts ?? []).map((host) => [host, one]))),
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
    logger,
  });
  return {
    ...front,
    credentials,
    sandboxes,
    streams,
    addresses,
    ownPorts,
    transport,
    replayEnvironment: {
      ...stage,
      buildState: (written, sandbox) => installation.buildState(written, sandbox),
      bundle: (sandbox) => toBundle(sandbox, installation),
    },
    environment,
    watch: () =>
      watchFiles(
        () => seeds.files,
        async (changed) => {
          try {
            const changedSeed = await seeds.start();
            sandboxes.reseed(changedSeed);
            seeded = toSeeded(catalog, changedSeed);
            logger.info({ files: changed }, 'fixtures loaded again; sandboxes are put back to them');
          } catch (error) {
            logger.error({ mistake: toMessage(error) }, 'changed fixtures do not fit, and nothing was changed');
          }
        },
      ),
    close: async () => {
      await folder?.close();
    },
  };
}

interface Beginning {
  readonly providers: readonly Provider[];
  readonly naming: Naming;
  readonly fixtures: Fixtures;
  /** Rules that are armed from every start. */
  readonly faults: readonly RuleList[];
  readonly history: History;
  readonly onGone: (sandbox: Sandbox) => void;
  readonly onForget: (sandbox: Sandbox) => void;
}

/** The sandboxes that there were, and the default one, with what others begin with. */
async function createSandboxes(
  config: Config,
  folder: DataFolder | undefined,
  logger: Logger,
  { providers, naming, fixtures, faults, history, onGone, onForget }: Beginning,
): Promise<{
  readonly catalog: Catalog;
  readonly seeds: SeedCache;
  readonly seed: Seed;
  readonly sandboxes: Sandboxes;
}> {
  const catalog = new Catalog([{ id: CORE, collections: coreCollections }, ...providers], folder?.foreign);
  const { randomSeed, clock } = config;
  const seeds = new SeedCache({ catalog, providers, naming, fixtures: config.fixtures, faults, randomSeed, clock });
  const seed = await seeds.start(fixtures);
  const kept = folder && (await explained(folder.path, () => folder.read(catalog)));
  const byName = folder ? createNames() : (await openDatabase<Sandbox>()).data.sandboxes;
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

/** What a sandbox would hold that began now. */
function toSeeded(catalog: Catalog, seed: Seed): Store {
  return new Store(catalog, seed.roots(new Clock(seed.clock).now()));
}

function toControlPlace(control: Config['control']): Directory['controlPlace'] {
  if (typeof control === 'number') return 'apart';
  return control === 'on' ? 'everywhere' : 'off';
}

async function loadServices({ providers, strict, bodyLimit }: Config): Promise<ReadonlyMap<string, Service>> {
  const services = providers.map(async (provider): Promise<[string, Service]> => {
    const { id, document, coercion, failures } = provider;
    // The tests check the bundled documents, and no other provider can have the id of a bundled one.
    const isBundled = bundled.some((known) => known.provider.id === id);
    const contract = isBundled ? getOwnContract(document, { coercion, failures }) : await loadForeignContract(provider);
    const limited: Provider =
      bodyLimit === undefined ? provider : { ...provider, body: { ...provider.body, limit: bodyLimit } };
    return [id, createProviderService(limited, contract, { strict })];
  });
  return new Map(await Promise.all(services));
}
