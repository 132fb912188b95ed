import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { toMessage } from '../core/values/message.ts';
import type { Addresses } from './addresses.ts';

export interface OpenPort {
  readonly port: number;
  close(): Promise<void>;
}

/** @param port 0 for a free one */
export type OpenPortAt = (port: number) => Promise<OpenPort>;

/** The first and the last port. */
export type PortRange = readonly [from: number, to: number];

export class NoPortFree extends Error {}

/** The ports of one sandbox, one for each provider. */
export interface SandboxPorts {
  readonly byProvider: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Opens ports that lead to one sandbox, for clients that can only be given a URL. */
export class OwnPorts {
  readonly #providers: readonly string[];
  readonly #addresses: Addresses;
  readonly #range: PortRange | undefined;
  readonly #given = new Map<Sandbox, SandboxPorts>();
  #openAt: OpenPortAt | undefined;

  /** @param range the ports to choose from; any free ones if left out */
  constructor(providers: readonly string[], addresses: Addresses, range: PortRange | undefined) {
    this.#providers = providers;
    this.#addresses = addresses;
    this.#range = range;
  }

  /** Enables opening ports; without a function, nothing listens. */
  begin(openAt: OpenPortAt | undefined): void {
    this.#openAt = openAt;
  }

  get canOpen(): boolean {
    return this.#openAt !== undefined;
  }

  has(sandbox: Sandbox): boolean {
    return this.#given.has(sandbox);
  }

  /** @throws {NoPortFree} */
  async open(sandbox: string): Promise<SandboxPorts> {
    const { entries } = this.#addresses;
    const opened: (OpenPort & { readonly provider: string })[] = [];
    const close = async (): Promise<void> => {
      await Promise.all(
        opened.map(async (one) => {
          await one.close();
          entries.delete(one.port);
        }),
      );
    };
    try {
      for (const provider of this.#providers) {
        const one = await this.#openNext();
        opened.push({ ...one, provider });
        entries.set(one.port, { provider, sandbox });
      }
    } catch (error) {
      await close();
      throw error;
    }
    return { byProvider: new Map(opened.map(({ provider, port }) => [provider, port])), close };
  }

  /** Gives ports to a sandbox until it is deleted; it keeps those that it has. */
  give(sandbox: Sandbox, ports: SandboxPorts): void {
    if (this.#given.has(sandbox)) {
      void ports.close();
      return;
    }
    this.#given.set(sandbox, ports);
    this.#addresses.tellOwn(sandbox.name, ports.byProvider);
  }

  /** Closes the ports of a sandbox, if it has any. */
  take(sandbox: Sandbox): void {
    const ports = this.#given.get(sandbox);
    if (!ports) return;
    this.#given.delete(sandbox);
    this.#addresses.forgetOwn(sandbox.name, ports.byProvider);
    void ports.close();
  }

  async #openNext(): Promise<OpenPort> {
    const openAt = this.#openAt;
    if (!openAt) throw new NoPortFree('The emulator no longer listens.');
    if (!this.#range) {
      return openAt(0).catch((error: unknown) => {
        throw new NoPortFree(toMessage(error));
      });
    }
    const [from, to] = this.#range;
    for (let port = from; port <= to; port += 1) {
      if (this.#addresses.entries.has(port)) continue;
      try {
        return await openAt(port);
      } catch {
        // Somebody else's. The next one may be free.
      }
    }
    throw new NoPortFree(`Each sandbox needs ${this.#providers.length} ports, but fewer of ${from}-${to} are free.`);
  }
}
