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

/** Milliseconds for running exchanges to finish when the emulator closes. */
const GRACE = 500;
/** The image always warns: it listens everywhere, because nothing reaches a container's loopback. */
const UNPROTECTED =
  'The control API requires no token, so anyone who reaches this address can read and change everything here.' +
  ' Between your own containers that is fine; elsewhere start with --control-token or --control off.';

/** The control API in process, as methods; `sandbox(name)` has most of it. */
export interface Steered extends Pick<
  Steering,
  'sandbox' | 'sandboxes' | 'providers' | 'health' | 'ca' | 'metrics' | 'evidence'
> {
  /** The variables that `credits-emulator env` prints. */
  readonly env: Readonly<Record<string, string>>;
  /** Resets a sandbox to its seed. Default: the sandbox `default`. */
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
 * @param logger replaces the one of `logLevel`
 * @param onProgress called with 0 to 1 while a data folder is read
 * @throws {ConfigError} for wrong options or fixtures, and ports in use
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
    // Providers that are off have no URL, which the type cannot express.
    urls: places.byProvider() as ByProvider<string>,
    close,
    [Symbol.asyncDispose]: close,
  };
  return steer(own, composition, () => isClosing);
}

/** Adds the control API as methods. */
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

/** A request handler for supertest or your own server. */
export type EmulatorApp = RequestListener & Steered;

/**
 * Creates a request handler without a port: providers under `/<id>`, the control API under `/_emulator` and as methods.
 *
 * @throws {ConfigError} like `createEmulator`
 */
export async function createApp(
  options: EmulatorOptions = {},
  logger: Logger = toLogger(options),
): Promise<EmulatorApp> {
  const config = await readConfig(options, bundled);
  if (config.data !== undefined)
    throw new ConfigError(
      'createApp cannot store state, because a handler is never closed: use createEmulator for data.',
    );
  if (config.https)
    throw new ConfigError('createApp has no port, so it cannot serve HTTPS: use createEmulator for https.');
  const composition = await compose(config, logger);
  if (config.watch) composition.watch();
  const app = composition.loadApp();
  const handle: RequestListener = (request, response) => {
    app(request, response);
  };
  return steer(handle, composition);
}

/** Returns a factory of servers, one for each port. Loads TLS only if it is needed. */
async function toServerMaker(composition: Composition): Promise<() => PortServer> {
  const { credentials } = composition;
  if (!credentials) return () => new OwnServer(composition);
  const { SecureServer } = await import('../http/secure-server.ts');
  return () => new SecureServer(composition, credentials);
}

/** The library logs nothing unless `logLevel` is set. */
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

/** Whether other machines can use the control API without a token. */
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
    EADDRNOTAVAIL: `The host "${host}" is not an address of this machine. Start with another --host.`,
    ENOTFOUND: `The host "${host}" is not an address of this machine. Start with another --host.`,
  };
  const message = meant[error.code ?? ''];
  return message === undefined ? error : new ConfigError(message);
}

/** Waits for running exchanges, then closes the remaining connections. */
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
