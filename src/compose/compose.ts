import { createAudits } from '../audit/audits.ts';
import { toBundle } from '../bundles/bundle.ts';
import type { ReplayEnvironment } from '../bundles/replay.ts';
import { rewind } from '../bundles/rewind.ts';
import type { Config } from '../config/config.ts';
import { listHosts } from '../config/hosts.ts';
import { version } from '../config/version.ts';
import type { Installation } from '../control/endpoint.ts';
import { Metrics } from '../control/metrics.ts';
import { createRequestLog } from '../control/request-log.ts';
import { createControlService } from '../control/service.ts';
import { Engine } from '../core/exchange/engine.ts';
import { Tally } from '../core/exchange/tally.ts';
import { toWatched } from '../core/provider/blame.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import type { DataFolder } from '../core/store/disk/data-folder.ts';
import { History } from '../core/store/history.ts';
import { toBundledUrl } from '../core/values/bundled-file.ts';
import { monotonic } from '../core/values/clock.ts';
import type { Logger } from '../core/values/logger.ts';
import { toMessage } from '../core/values/message.ts';
import { Redaction } from '../core/wire/redaction.ts';
import { readRuleList, type Naming } from '../fixtures/rule-list.ts';
import { watchFiles } from '../fixtures/watching.ts';
import { loadFixtures } from '../fixtures/worlds.ts';
import { Addresses } from '../http/addresses.ts';
import type { Credentials } from '../http/certificate-authority.ts';
import type { Transport } from '../http/control-transport.ts';
import { createDirectTransport } from '../http/direct-transport.ts';
import { Exchanges } from '../http/exchanges.ts';
import { createFront, type Front } from '../http/front.ts';
import { OwnPorts } from '../http/own-ports.ts';
import type { Directory } from '../http/request-route.ts';
import { EventStreams } from '../http/sse.ts';
import { isTrustedHost } from '../http/trusted-host.ts';
import { getCredentials } from './certificate.ts';
import { ClientVariables } from './client-variables.ts';
import { getOwnContract, listOtherContracts } from './contracts.ts';
import { loadServices, toNameable, toServicesByHost } from './services.ts';
import { openSandboxes } from './starting-sandboxes.ts';
import { createStateImport } from './state-import.ts';
import { openFolder, type DiskAccess } from './storage.ts';

const CONTROL_DOCUMENT = toBundledUrl('specs/emulator.yaml');

/** An emulator without ports. */
export interface Composition extends Front {
  readonly sandboxes: Sandboxes;
  readonly streams: EventStreams;
  readonly addresses: Addresses;
  readonly ownPorts: OwnPorts;
  /** The certificate of `--https`, with its key. */
  readonly credentials: Credentials | undefined;
  /** The control API without a socket. */
  readonly transport: Transport;
  /** What plays bundles. */
  readonly replayEnvironment: ReplayEnvironment;
  /** The variables that `credits-emulator env` prints on this machine. */
  environment(): Readonly<Record<string, string>>;
  /** Loads fixture files again when they change, and resets sandboxes to them; returns a function that stops that. */
  watch: () => () => void;
  /** Call it once no request can arrive any more. */
  close(): Promise<void>;
}

/**
 * Puts the floors together: config and providers into core, core into http.
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
  const ids = providers.map(({ id }) => id);
  const { host, publicUrl, trustProxy, https } = config;
  // Before the folder is opened: two providers with one host are refused, and nothing is left behind.
  const hosts = [
    ...config.allowHost,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
    ...listHosts(providers),
  ];
  const addresses = new Addresses({ providers, host, https, publicUrl });
  const ownPorts = new OwnPorts(ids, addresses, config.listenPorts);
  const [fixtures, services, faults] = await Promise.all([
    loadFixtures(config.fixtures, { providers, known: new Set(config.places.keys()) }),
    loadServices(providers, config),
    Promise.all(config.faults.map(readRuleList)),
  ]);
  const redaction = new Redaction(
    providers.flatMap(({ secrets }) => secrets),
    (value) => variables.isKey(value),
  );
  const audits = createAudits(providers, services, { others: listOtherContracts, redaction });
  const naming: Naming = { nameable: toNameable(providers, services), known: [...config.places.keys()] };
  // After the fixtures: `--reset-data` empties the folder, and an error in a fixture must not cost what is in it.
  const folder = config.data === undefined ? undefined : await open(config.data);
  const credentials = await getCredentials(config, logger);
  const history = new History(config.historyBytes);
  const { catalog, seeds, seed, sandboxes } = await openSandboxes(config, folder, logger, {
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
  const variables = new ClientVariables({ providers, catalog, seed, sandboxes, addresses });
  const tally = new Tally();
  const engine = new Engine(logger, tally, createRequestLog(logger, { explain: config.explain, redaction }));
  const buildState = createStateImport(catalog, providers, naming);
  const streams = new EventStreams();
  const exchanges = new Exchanges({ engine, sandboxes, requestFaults: config.requestFaults });
  const installation: Installation = {
    version,
    uptime: () => monotonic() - started,
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    services,
    options: config.options,
    addresses,
    environment: variables.ofAll,
    environmentOf: variables.of,
    documents: new Map([
      ['emulator', CONTROL_DOCUMENT],
      ...providers.map(({ id, document }) => [id, document] as const),
    ]),
    nameable: naming.nameable,
    sandboxes,
    ownPorts,
    ca: credentials?.ca,
    disk: folder && (() => ({ folder: folder.path, durability: config.durability, ...folder.status })),
    metrics: new Metrics({
      version,
      providers: ids,
      sandboxes,
      tally,
      history,
      disk: folder,
      onExchange: engine.onExchange.bind(engine),
    }),
    redaction,
    audits,
    tally,
    catalog,
    written: {
      providers: ids,
      set: config.set,
      strict: config.strict,
      requestFaults: config.requestFaults,
      ...(config.bodyLimit !== undefined && { bodyLimit: config.bodyLimit }),
    },
    rewind: (sandbox, id, name) => rewind(sandbox, id, name, stage),
    seeds,
    buildState,
  };
  const control = createControlService(getOwnContract(CONTROL_DOCUMENT, { failures: 'some' }), installation, {
    hosts,
    origins: config.allowOrigin,
    ports: () => [...addresses.entries.keys()],
    token: config.controlToken,
    trustProxy,
  });
  const transport = createDirectTransport(control, exchanges, streams);
  const stage = { sandboxes, services, exchanges, streams, transport };
  const front = createFront({
    exchanges,
    directory: {
      providers: services,
      byHost: toServicesByHost(providers, services),
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
        paths: ids.map((id) => `/${id}`),
        control: config.control === 'off' ? undefined : places.control,
      };
    },
    streams,
    logger,
  });
  const reload = async (changed: readonly string[]): Promise<void> => {
    try {
      const changedSeed = await seeds.start();
      sandboxes.reseed(changedSeed);
      variables.reseed(changedSeed);
      logger.info({ files: changed }, 'fixtures loaded again; sandboxes are reset to them');
    } catch (error) {
      logger.error({ mistake: toMessage(error) }, 'changed fixtures do not fit; nothing was changed');
    }
  };
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
      buildState,
      bundle: (sandbox) => toBundle(sandbox, installation),
    },
    environment: variables.ofAll,
    watch: () => watchFiles(() => seeds.files, reload),
    close: async () => {
      sandboxes.storeDrift();
      await folder?.close();
    },
  };
}

function toControlPlace(control: Config['control']): Directory['controlPlace'] {
  if (typeof control === 'number') return 'apart';
  return control === 'on' ? 'everywhere' : 'off';
}
