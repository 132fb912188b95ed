import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { UnreachableError } from '../client/failures.ts';
import type { ByProvider } from '../client/names.ts';
import { Steering } from '../client/steering.ts';
import { compose, type Composition } from './compose.ts';
import { ConfigError, type Config } from '../config/config.ts';
import { readConfig } from '../config/imported-providers.ts';
import type { EmulatorOptions } from '../config/options.ts';
import type { OpenPortAt } from '../http/own-ports.ts';
import { OwnServer, type PortServer } from '../http/own-server.ts';
import { silent, type Logger } from '../core/values/logger.ts';
import { DEFAULT_SANDBOX } from '../core/sandbox/sandboxes.ts';
import { createLogger } from '../config/log.ts';
import { bundled } from '../providers/index.ts';

/** Milliseconds that exchanges which are under way may take once the emulator closes. */
const GRACE = 500;
/** Also at each start of the image, which listens everywhere because a container's loopback reaches nobody. */
const UNPROTECTED =
  'The control API asks for no token, so whoever reaches this address can read and change what is here.' +
  ' Among your own containers that is as it should be; elsewhere start with --control-token or --control off.';

/** Everything that the control API can do, in process: `sandbox(name)` has it all. */
export interface Steered extends Pick<
  Steering,
  'sandbox' | 'sandboxes' | 'providers' | 'health' | 'ca' | 'metrics' | 'evidence'
> {
  /** The variables that `credits-emulator env` prints. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts the sandbox back to its seed; the default one if none is named. */
  reset(sandbox?: string): void;
}

export interface Emulator extends AsyncDisposable, Steered {
  /** The shared port's base URL. */
  readonly url: string;
  /** Base URLs of providers by id. */
  readonly urls: ByProvider<string>;
  /** Ends every connection and frees the ports. */
  close(): Promise<void>;
}

/**
 * Starts an emulator and resolves when it is ready.
 *
 * @param logger instead of the one that `logLevel` asks for
 * @param onProgress told now and then, from 0 to 1, while a data folder is read
 * @throws {ConfigError} for options, fixtures or ports that cannot be had
 */
export async function createEmulator(
  options: EmulatorOptions = {},
  logger: Logger = toLogger(options),
  onProgress?: (part: number) => void,
): Promise<Emulator> {
  const config = await readConfig(options, bundled);
  const composition = await compose(config, logger, { onProgress });
  const { addresses, ownPorts, sandboxes, streams } = composition;
  const createServer = await toServerMaker(composition);
  const servers = new Set<PortServer>();
  let unwatch: (() => void) | undefined;
  let isClosing = false;
  const openServer = async (port: number): Promise<{ readonly server: PortServer; readonly port: number }> => {
    const server = createServer();
    servers.add(server);
    const listening = await listen(server, port, config.host).catch((error: unknown) => {
      servers.delete(server);
      throw error;
    });
    if (isClosing) await closeServer(server);
    return { server, port: listening };
  };
  const open = async (port: number): Promise<number> => (await openServer(port)).port;
  const openOwn: OpenPortAt = async (wanted) => {
    const { server, port } = await openServer(wanted);
    const closeOwn = async (): Promise<void> => {
      servers.delete(server);
      await closeServer(server);
    };
    return { port, close: closeOwn };
  };
  const close = async (): Promise<void> => {
    isClosing = true;
    ownPorts.begin(undefined);
    unwatch?.();
    sandboxes.close();
    streams.close();
    await Promise.all([...servers].map(closeServer));
    await composition.close();
  };
  try {
    const shared = await open(config.port);
    addresses.openShared(shared);
    for (const { id } of config.providerPorts ? config.providers : []) {
      const port = await open(config.port === 0 ? 0 : shared + (config.places.get(id) ?? 0));
      addresses.openProvider(id, port);
    }
    if (typeof config.control === 'number') {
      addresses.openControl(await open(config.control));
    }
  } catch (error) {
    await close();
    throw error;
  }
  ownPorts.begin(openOwn);
  if (config.watch) unwatch = composition.watch();
  if (isUnprotected(config, servers)) logger.warn({ host: config.host }, UNPROTECTED);
  const places = addresses.seenFrom();
  const own = {
    url: places.shared,
    // Those that are switched off have none, although the type of the others cannot say so.
    urls: places.byProvider() as ByProvider<string>,
    close,
    [Symbol.asyncDispose]: close,
  };
  return steer(own, composition, () => isClosing);
}

/** Gives it all that the control API can do. */
function steer<T extends object>(own: T, composition: Composition, isClosing = (): boolean => false): T & Steered {
  const { sandboxes, transport } = composition;
  const steering = new Steering({
    ...transport,
    send: (request) =>
      isClosing() ? Promise.reject(new UnreachableError('The emulator is closed.')) : transport.send(request),
  });
  const methods: Omit<Steered, 'env'> = {
    reset: (sandbox = DEFAULT_SANDBOX) => {
      sandboxes.get(sandbox).reset();
    },
    sandbox: steering.sandbox.bind<Steering['sandbox']>(steering),
    sandboxes: steering.sandboxes,
    providers: steering.providers,
    health: () => steering.health(),
    ca: () => steering.ca(),
    metrics: () => steering.metrics(),
    evidence: () => steering.evidence(),
  };
  const all = Object.assign(own, methods);
  Object.defineProperty(all, 'env', { enumerable: true, get: () => composition.environment() });
  return all as T & Steered;
}

/** For supertest, or a server of one's own. */
export type EmulatorApp = RequestListener & Steered;

/**
 * A request handler without a port: providers under `/<id>`, the control API under `/_emulator`,
 * and what that can do as methods, as an emulator has them.
 *
 * @throws {ConfigError} as `createEmulator`
 */
export async function createApp(
  options: EmulatorOptions = {},
  logger: Logger = toLogger(options),
): Promise<EmulatorApp> {
  const config = await readConfig(options, bundled);
  if (config.data !== undefined)
    throw new ConfigError('Only an emulator that is closed keeps its state: createEmulator takes data.');
  if (config.https)
    throw new ConfigError('Whoever mounts the handler has the port, and its certificate: createEmulator takes https.');
  const composition = await compose(config, logger);
  if (config.watch) composition.watch();
  const app = composition.loadApp();
  const handle: RequestListener = (request, response) => {
    app(request, response);
  };
  return steer(handle, composition);
}

/** What makes a server for each port. Encryption is loaded where it is asked for. */
async function toServerMaker(composition: Composition): Promise<() => PortServer> {
  const { credentials } = composition;
  if (!credentials) return () => new OwnServer(composition);
  const { SecureServer } = await import('../http/secure-server.ts');
  return () => new SecureServer(composition, credentials);
}

/** A library is silent unless it is asked to speak. */
function toLogger({ logLevel, logFormat }: EmulatorOptions): Logger {
  return logLevel === undefined ? silent : createLogger({ level: logLevel, format: logFormat });
}

function listen(server: PortServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(toListenError(error, port, host));
    });
    server.listen(port, host, () => {
      // A server that listens on a host and port has an address of this kind.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Whether other machines may use the control API without more ado. */
function isUnprotected({ control, controlToken }: Config, servers: ReadonlySet<PortServer>): boolean {
  return control !== 'off' && controlToken === undefined && [...servers].some((server) => !isOnLoopback(server));
}

function isOnLoopback(server: PortServer): boolean {
  const address = server.address();
  return typeof address === 'object' && /^(?:::1$|(?:::ffff:)?127\.)/.test(address?.address ?? '');
}

function toListenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const meant: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is in use. Stop what uses it, or start with --port N (0 takes free ports).`,
    EACCES: `Port ${port} may not be used by this user. Start with --port N above 1023.`,
    EADDRNOTAVAIL: `There is no address "${host}" on this machine to listen on.`,
    ENOTFOUND: `There is no address "${host}" on this machine to listen on.`,
  };
  const message = meant[error.code ?? ''];
  return message === undefined ? error : new ConfigError(message);
}

/** Lets exchanges under way end, then ends the rest. */
async function closeServer(server: PortServer): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, GRACE);
  await closed;
  clearTimeout(timer);
}
