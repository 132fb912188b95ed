import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Dice } from './dice.ts';

/** What a write has to have told those who subscribed. */
export interface Told {
  /** The id of the write. */
  readonly note: string;
  readonly amount: number;
}

interface Body {
  readonly payload: Told & { readonly previousBalance: number; readonly newBalance: number };
}

/** Whoever is told of changes of credits, through all lives of the emulator. Some it refuses the first time. */
export class Hooks {
  readonly #server: Server;
  readonly #amounts = new Map<string, number>();
  /** Of each client, the last of its writes of which it was told. */
  readonly #last = new Map<string, readonly number[]>();
  #findings: string[] = [];
  /** Deliveries, those that it did not take included. */
  count = 0;
  /** Those that came once more. */
  again = 0;
  url = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      // One that is cut off by the end of the emulator was not told.
      request.on('error', () => undefined);
      request.on('end', () => this.#take(Buffer.concat(chunks).toString(), response));
    });
  }

  static async start(): Promise<Hooks> {
    const hooks = new Hooks();
    await new Promise<void>((resolve) => hooks.#server.listen(0, '127.0.0.1', resolve));
    hooks.url = `http://127.0.0.1:${(hooks.#server.address() as AddressInfo).port}/hook`;
    return hooks;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  find(note: string): number | undefined {
    return this.#amounts.get(note);
  }

  /** What was wrong with what came since the last time. */
  takeFindings(): readonly string[] {
    const findings = this.#findings;
    this.#findings = [];
    return findings;
  }

  #take(text: string, response: ServerResponse): void {
    this.count += 1;
    const { payload } = JSON.parse(text) as Body;
    const { note, amount, previousBalance, newBalance } = payload;
    if (previousBalance + amount !== newBalance) this.#findings.push(`What was told does not add up: ${text}`);
    if (this.#amounts.has(note)) {
      this.again += 1;
      response.writeHead(200).end();
      return;
    }
    this.#amounts.set(note, amount);
    this.#checkOrder(note);
    // Never twice, so that none is given up.
    const drawn = new Dice('hook', note).next();
    if (drawn < 0.1) response.destroy();
    else response.writeHead(drawn < 0.2 ? 503 : 200).end();
  }

  /** A client's writes are told in the order in which it asked for them. */
  #checkOrder(note: string): void {
    const [, round, client, count] = /^w-(\d+)-(\d+)-(\d+)$/.exec(note) ?? [];
    if (round === undefined || client === undefined || count === undefined) return;
    const place = [Number(round), Number(count)];
    const [lastRound = 0, lastCount = 0] = this.#last.get(client) ?? [];
    const isLater = Number(round) > lastRound || (Number(round) === lastRound && Number(count) > lastCount);
    if (!isLater) this.#findings.push(`${note} was told after ${lastRound}-${client}-${lastCount}.`);
    this.#last.set(client, place);
  }
}
