import type { Approach, AskedUrl } from '../core/wire/request.ts';
import { DEFAULT_SANDBOX } from '../core/sandbox/sandboxes.ts';
import type { Provider } from '../core/provider/provider.ts';
import type { PortRole } from './request-route.ts';
import { isLoopback } from './trusted-host.ts';

export interface AddressesOptions {
  /** The providers in order. */
  readonly providers: readonly Pick<Provider, 'id' | 'clientsDropPaths'>[];
  /** The address that the ports listen on. */
  readonly host: string;
  /** Whether all ports accept HTTPS too. */
  readonly https: boolean;
  /** The URL of the shared port, whatever URL a client requested. */
  readonly publicUrl: string | undefined;
}

/** The open ports. Without any, paths are used instead of URLs. */
export class Addresses {
  /** The role of each listening port. */
  readonly entries = new Map<number, PortRole>();
  readonly #options: AddressesOptions;
  readonly #own = new Map<string, number>();
  /** Ports by sandbox and provider. */
  readonly #ofSandboxes = new Map<string, ReadonlyMap<string, number>>();
  #shared: number | undefined;
  #control: number | undefined;

  constructor(options: AddressesOptions) {
    this.#options = options;
  }

  openShared(port: number): void {
    this.#shared = port;
    this.entries.set(port, { only: 'everything' });
  }

  openProvider(id: string, port: number): void {
    this.#own.set(id, port);
    this.entries.set(port, { provider: id });
  }

  openControl(port: number): void {
    this.#control = port;
    this.entries.set(port, { only: 'control' });
  }

  /** Adds a sandbox's own ports, by provider. */
  tellOwn(sandbox: string, ports: ReadonlyMap<string, number>): void {
    this.#ofSandboxes.set(sandbox, ports);
  }

  /** Removes a sandbox's own ports. */
  forgetOwn(sandbox: string, ports: ReadonlyMap<string, number>): void {
    if (this.#ofSandboxes.get(sandbox) === ports) this.#ofSandboxes.delete(sandbox);
  }

  /** Returns the URLs for clients with this approach; without one, for this machine. */
  seenFrom({ url, sandbox }: Approach = NOWHERE): Places {
    const { publicUrl } = this.#options;
    const asked = publicUrl === undefined ? (url ?? this.#toOwnUrl()) : toAskedUrl(publicUrl, this.#shared);
    const { entries } = this;
    const ofSandbox = this.#ofSandboxes.get(sandbox ?? DEFAULT_SANDBOX);
    const ports = { shared: this.#shared, control: this.#control, own: this.#own, ofSandbox, entries };
    return new Places(this.#options, ports, asked, sandbox);
  }

  /** An address that means "all" cannot be called. */
  #toOwnUrl(): AskedUrl | undefined {
    if (this.#shared === undefined) return undefined;
    const { host, https } = this.#options;
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    const written = reachable.includes(':') ? `[${reachable}]` : reachable;
    return toAskedUrl(`${https ? 'https' : 'http'}://${written}:${this.#shared}`, this.#shared);
  }
}

const NO_PORTS: ReadonlyMap<string, number> = new Map();
const NOWHERE: Approach = { url: undefined, sandbox: undefined };

/** @param localPort 0 if the URL has no port here */
function toAskedUrl(text: string, localPort = 0): AskedUrl {
  const { protocol, hostname, port, pathname } = new URL(text);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return {
    scheme,
    host: hostname,
    port: Number(port) || (scheme === 'https' ? 443 : 80),
    prefix: pathname.replace(/\/$/, ''),
    localPort,
    isForwarded: false,
  };
}

interface Ports {
  readonly shared: number | undefined;
  readonly control: number | undefined;
  readonly own: ReadonlyMap<string, number>;
  /** The own ports of the requested sandbox, if any. */
  readonly ofSandbox: ReadonlyMap<string, number> | undefined;
  readonly entries: ReadonlyMap<number, PortRole>;
}

/** Names of sandboxes that a host can contain. */
const HOST_LABEL = /^[a-z0-9-]+$/;

/**
 * The URLs of everything for one client. If the client used another port number than the emulator listens on, other
 * ports may also have other numbers or not be published. Only the requested URL and paths below it are then known to
 * lead here.
 */
export class Places {
  readonly #providers: AddressesOptions['providers'];
  readonly #https: boolean;
  readonly #ports: Ports;
  readonly #asked: AskedUrl | undefined;
  readonly #entry: PortRole;
  readonly #sandbox: string | undefined;

  constructor(
    { providers, https }: Pick<AddressesOptions, 'providers' | 'https'>,
    ports: Ports,
    asked: AskedUrl | undefined,
    sandbox: string | undefined,
  ) {
    this.#providers = providers;
    this.#https = https;
    this.#ports = ports;
    this.#asked = asked;
    this.#entry = ports.entries.get(asked?.localPort ?? 0) ?? { only: 'everything' };
    this.#sandbox = sandbox;
  }

  /** The URL of the shared port. */
  get shared(): string {
    const { shared } = this.#ports;
    const isAsked = 'only' in this.#entry && this.#entry.only === 'everything';
    return this.#toUrl(isAsked ? undefined : shared);
  }

  /** The URL of the control API: a path of the requested URL, unless it has its own port. */
  get control(): string {
    const { control } = this.#ports;
    const isAsked = 'only' in this.#entry && this.#entry.only === 'control';
    return `${this.#toUrl(isAsked ? undefined : control)}/_emulator`;
  }

  /** Returns a provider's base URL: its own port, or its path on the shared one. */
  of(id: string): string {
    if (this.#isAskedOf(id) && this.#toSandboxPath(true) === '') return this.#toUrl(undefined);
    const own = this.#portOf(id, this.#ports.ofSandbox ?? NO_PORTS);
    if (own !== undefined) return this.#toUrl(own, '');
    if (this.#isAskedOf(id)) return this.#toUrl(undefined);
    const port = this.#portOf(id);
    return port === undefined ? `${this.shared}/${id}` : this.#toUrl(port);
  }

  byProvider(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#providers.map(({ id }) => [id, this.of(id)]));
  }

  /** Returns advice for providers whose clients would not reach its URL. */
  hints(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#providers.flatMap(({ id }) => {
        const hint = this.hintFor(id);
        return hint === undefined ? [] : [[id, hint]];
      }),
    );
  }

  hintFor(id: string): string | undefined {
    const { clientsDropPaths = false } = this.#providers.find((provider) => provider.id === id) ?? {};
    const isPath = !/^https?:\/\/[^/]+$/.test(this.of(id));
    if (!clientsDropPaths || !isPath) return undefined;
    const own = this.#ports.own.get(id);
    const isOwn = this.#isAskedOf(id) || this.#portOf(id) !== undefined;
    const byHost = this.#toHostUrl(id, isOwn ? own : undefined);
    const ways = [
      ...(isOwn || own === undefined ? [] : [`map port ${own} to the same number`]),
      ...(byHost === undefined ? [] : [`use ${byHost} if that name resolves to the emulator`]),
    ];
    const sandbox =
      this.#sandbox !== undefined && byHost === undefined ? ['name the sandbox in the header X-Emulator-Sandbox'] : [];
    const advice = [...(ways.length > 0 ? [ways.join(', or ')] : []), ...sandbox].join(', and ');
    return `Its clients drop the path of a base URL, so they cannot reach this one${advice === '' ? '.' : `: ${advice}.`}`;
  }

  /** Whether the client requested the provider's own port, under any number. */
  #isAskedOf(id: string): boolean {
    return 'provider' in this.#entry && this.#entry.provider === id;
  }

  /** Returns the provider's own port, if the client can be expected to reach it. */
  #portOf(id: string, own = this.#ports.own): number | undefined {
    const isShared = 'only' in this.#entry && this.#entry.only === 'everything';
    return isShared && !this.#isAsItListens ? undefined : own.get(id);
  }

  get #isAsItListens(): boolean {
    if (!this.#asked) return true;
    const { port, prefix, localPort, isForwarded } = this.#asked;
    return this.#isOwnScheme && port === localPort && prefix === '' && !isForwarded;
  }

  /** Whether the ports accept the requested scheme. */
  get #isOwnScheme(): boolean {
    return this.#https || this.#asked?.scheme === 'http';
  }

  /** Returns the path prefix of the sandbox, unless the requested URL implies that sandbox. */
  #toSandboxPath(isAsked: boolean): string {
    const meant = (isAsked && 'provider' in this.#entry ? this.#entry.sandbox : undefined) ?? DEFAULT_SANDBOX;
    const sandbox = this.#sandbox ?? DEFAULT_SANDBOX;
    return sandbox === meant ? '' : `/_sandbox/${sandbox}`;
  }

  /** @param listening `undefined` for the requested URL */
  #toUrl(listening: number | undefined, sandbox = this.#toSandboxPath(listening === undefined)): string {
    if (!this.#asked) return sandbox;
    const { scheme, host, port, prefix } = this.#asked;
    if (listening !== undefined) return `${this.#https ? scheme : 'http'}://${host}:${listening}${sandbox}`;
    const isDefault = port === (scheme === 'https' ? 443 : 80);
    return `${scheme}://${host}${isDefault ? '' : `:${port}`}${prefix}${sandbox}`;
  }

  /** Returns a URL whose host names the provider and the sandbox, for clients on this machine. */
  #toHostUrl(id: string, listening: number | undefined): string | undefined {
    if (!this.#asked) return undefined;
    const { scheme, host, port, prefix, isForwarded } = this.#asked;
    const isDirect = this.#isOwnScheme && prefix === '' && !isForwarded;
    if (!isDirect || !isLoopback(host)) return undefined;
    if (this.#sandbox !== undefined && !HOST_LABEL.test(this.#sandbox)) return undefined;
    const label = this.#sandbox === undefined ? id : `${this.#sandbox}--${id}`;
    return `${scheme}://${label}.localhost:${listening ?? port}`;
  }
}
