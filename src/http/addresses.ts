import type { Approach, AskedUrl } from '../core/wire/request.ts';
import { DEFAULT_SANDBOX } from '../core/sandbox/sandboxes.ts';
import type { Provider } from '../core/provider/provider.ts';
import type { PortRole } from './request-route.ts';
import { isLoopback } from './trusted-host.ts';

export interface AddressesOptions {
  /** In their order. */
  readonly providers: readonly Pick<Provider, 'id' | 'clientsDropPaths'>[];
  /** What is listened on. */
  readonly host: string;
  /** Whether all that is listened on takes HTTPS as well. */
  readonly https: boolean;
  /** Where the shared port is reached, whatever it was asked under. */
  readonly publicUrl: string | undefined;
}

/** The ports that are open. Without any, paths stand in for URLs. */
export class Addresses {
  /** What each listening port is for. */
  readonly entries = new Map<number, PortRole>();
  readonly #options: AddressesOptions;
  readonly #own = new Map<string, number>();
  /** By sandbox and provider. */
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

  /** A sandbox has ports of its own, by provider. */
  tellOwn(sandbox: string, ports: ReadonlyMap<string, number>): void {
    this.#ofSandboxes.set(sandbox, ports);
  }

  /** They are so no longer. */
  forgetOwn(sandbox: string, ports: ReadonlyMap<string, number>): void {
    if (this.#ofSandboxes.get(sandbox) === ports) this.#ofSandboxes.delete(sandbox);
  }

  /** The URLs for whoever came this way; for this machine where nobody did. */
  seenFrom({ url, sandbox }: Approach = NOWHERE): Places {
    const { publicUrl } = this.#options;
    const asked = publicUrl === undefined ? (url ?? this.#toOwnUrl()) : toAskedUrl(publicUrl, this.#shared);
    const { entries } = this;
    const ofSandbox = this.#ofSandboxes.get(sandbox ?? DEFAULT_SANDBOX);
    const ports = { shared: this.#shared, control: this.#control, own: this.#own, ofSandbox, entries };
    return new Places(this.#options, ports, asked, sandbox);
  }

  /** An address that means "all" is no address to call. */
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

/** @param localPort 0 where there is none */
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
  /** Of the sandbox that is asked about, if it has some of its own. */
  readonly ofSandbox: ReadonlyMap<string, number> | undefined;
  readonly entries: ReadonlyMap<number, PortRole>;
}

/** Whether a sandbox's name can stand in a host. */
const HOST_LABEL = /^[a-z0-9-]+$/;

/**
 * Where everything is for one who asks. Ports are open under other numbers, or not at all, where
 * the one that was asked was reached under another number: then all that is known to lead here is
 * what was asked, and paths behind it.
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

  /** The shared port's. */
  get shared(): string {
    const { shared } = this.#ports;
    const isAsked = 'only' in this.#entry && this.#entry.only === 'everything';
    return this.#toUrl(isAsked ? undefined : shared);
  }

  /** Of the control API: a path of whatever was asked, unless it has a port of its own. */
  get control(): string {
    const { control } = this.#ports;
    const isAsked = 'only' in this.#entry && this.#entry.only === 'control';
    return `${this.#toUrl(isAsked ? undefined : control)}/_emulator`;
  }

  /** A provider's base URL: its own port, or its path on the shared one. */
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

  /** What to do where a provider's clients would miss its URL. */
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
      ...(isOwn || own === undefined ? [] : [`have port ${own} reached under that number`]),
      ...(byHost === undefined ? [] : [`use ${byHost} where that name leads here`]),
    ];
    const sandbox =
      this.#sandbox !== undefined && byHost === undefined ? ['name the sandbox by the header X-Emulator-Sandbox'] : [];
    const advice = [...(ways.length > 0 ? [ways.join(', or ')] : []), ...sandbox].join(', and ');
    return `Its clients drop the path of a base URL, and so miss this one${advice === '' ? '.' : `: ${advice}.`}`;
  }

  /** Whether what was asked is the provider's own port, under whatever number. */
  #isAskedOf(id: string): boolean {
    return 'provider' in this.#entry && this.#entry.provider === id;
  }

  /** The provider's own port, where it can be taken to be open to who asks. */
  #portOf(id: string, own = this.#ports.own): number | undefined {
    const isShared = 'only' in this.#entry && this.#entry.only === 'everything';
    return isShared && !this.#isAsItListens ? undefined : own.get(id);
  }

  get #isAsItListens(): boolean {
    if (!this.#asked) return true;
    const { port, prefix, localPort, isForwarded } = this.#asked;
    return this.#isOwnScheme && port === localPort && prefix === '' && !isForwarded;
  }

  /** Whether what listens here takes what was asked by, as it was asked. */
  get #isOwnScheme(): boolean {
    return this.#https || this.#asked?.scheme === 'http';
  }

  /** Which sandbox is meant, unless what is asked means it anyway. */
  #toSandboxPath(isAsked: boolean): string {
    const meant = (isAsked && 'provider' in this.#entry ? this.#entry.sandbox : undefined) ?? DEFAULT_SANDBOX;
    const sandbox = this.#sandbox ?? DEFAULT_SANDBOX;
    return sandbox === meant ? '' : `/_sandbox/${sandbox}`;
  }

  /** @param listening `undefined` for what was asked */
  #toUrl(listening: number | undefined, sandbox = this.#toSandboxPath(listening === undefined)): string {
    if (!this.#asked) return sandbox;
    const { scheme, host, port, prefix } = this.#asked;
    if (listening !== undefined) return `${this.#https ? scheme : 'http'}://${host}:${listening}${sandbox}`;
    const isDefault = port === (scheme === 'https' ? 443 : 80);
    return `${scheme}://${host}${isDefault ? '' : `:${port}`}${prefix}${sandbox}`;
  }

  /** By which the provider and the sandbox are found without a path; for those on this machine. */
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
