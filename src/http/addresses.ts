import type { Entry } from './target.ts';

/** Where the emulator is reached. Filled as ports open; without any port, paths stand in for URLs. */
export class Addresses {
  /** What each listening port is for. */
  readonly entries = new Map<number, Entry>();
  readonly #ids: readonly string[];
  readonly #own = new Map<string, string>();
  #shared = '';
  #control = '/_emulator';

  /** @param ids of the providers, in their order */
  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  get shared(): string {
    return this.#shared;
  }

  openShared(url: string, port: number): void {
    this.#shared = url;
    this.entries.set(port, { only: 'everything' });
  }

  openProvider(id: string, url: string, port: number): void {
    this.#own.set(id, url);
    this.entries.set(port, { provider: id });
  }

  openControl(url: string, port: number): void {
    this.#control = `${url}/_emulator`;
    this.entries.set(port, { only: 'control' });
  }

  /** Of the control API: a path on every port, unless it has a port of its own. */
  get control(): string {
    return this.#control;
  }

  /** A provider's base URL: its own port, or its path on the shared one. */
  of(id: string): string {
    return this.#own.get(id) ?? `${this.#shared}/${id}`;
  }

  providers(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#ids.map((id) => [id, this.of(id)]));
  }
}
