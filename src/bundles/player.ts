import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import type { Transport } from '../http/control-transport.ts';
import type { Handled } from '../core/exchange/engine.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { parseInstant } from '../core/values/clock.ts';
import { shortenTo } from '../core/values/quotation.ts';
import { abandoned, type Answer, type OpenStream } from '../core/wire/answer.ts';
import type { Request } from '../core/wire/request.ts';
import type { Exchanges } from '../http/exchanges.ts';
import type { EventStreams } from '../http/sse.ts';
import { fromBytes, type BundledItem, type BundledRequest } from './bundle.ts';

/** What answers where something is played. */
export interface Stage {
  readonly services: ReadonlyMap<string, Service>;
  readonly exchanges: Exchanges;
  readonly streams: EventStreams;
  readonly transport: Transport;
}

type Waited = Extract<BundledItem, { kind: 'go' | 'left' }>;

/** It cannot be played on. */
export class NotPlayable extends Error {
  override readonly name = 'NotPlayable';
}

/** Has a sandbox do again what one did, each thing at its own instant and in its own order, without waiting for real time. */
export class Player {
  readonly #stage: Stage;
  readonly #sandbox: Sandbox;
  /** Those that were played, by the id that they had, since ids last began anew, and before. */
  readonly #eras: Map<string, Played>[] = [];

  /** @param sandbox nobody else uses it meanwhile */
  constructor(stage: Stage, sandbox: Sandbox) {
    this.#stage = stage;
    this.#sandbox = sandbox;
    sandbox.waits.steer();
    this.begin();
  }

  /** Ids begin anew. */
  begin(): void {
    this.#eras.unshift(new Map());
  }

  /** @throws {NotPlayable} */
  async play(item: BundledItem): Promise<void> {
    await this.#moveTo(item.at);
    switch (item.kind) {
      case 'request':
        await this.#request(item);
        break;
      case 'act':
        await this.#act(item);
        break;
      case 'go':
        await this.#goOn(item, (own) => {
          this.#sandbox.waits.go(own);
        });
        break;
      case 'left':
        await this.#goOn(item, (_, played) => {
          played.leave();
        });
        break;
      case 'clock':
        break;
    }
    // Those who listen are written in turns of their own.
    await nextTurn();
  }

  /** What waits still does so by itself from now on. */
  end(): void {
    this.#sandbox.waits.release();
  }

  /** Ends it, with the streams that are open. */
  close(): void {
    this.end();
    for (const era of this.#eras) for (const played of era.values()) played.leave();
  }

  async #moveTo(at: string): Promise<void> {
    const instant = parseInstant(at);
    if (this.#sandbox.clock.now() !== instant) await this.#sandbox.moveTo(instant);
  }

  async #request(item: BundledRequest): Promise<void> {
    const { id, provider } = item;
    const service = this.#stage.services.get(provider);
    if (!service) throw new NotPlayable(`"${id}" asked "${provider}", which is not there.`);
    const played = new Played(item);
    this.#eras[0]?.set(id, played);
    const { name } = this.#sandbox;
    played.own = this.#sandbox.recording.next;
    const handled = this.#stage.exchanges.handle(service, name, played);
    if (handled instanceof Promise) {
      void handled.then(
        (later) => {
          this.#finish(played, later);
        },
        () => {
          played.isOver = true;
        },
      );
    } else this.#finish(played, handled);
    await this.#settle(played);
  }

  #finish(played: Played, handled: Handled): void {
    played.isOver = true;
    if (handled === abandoned || 'severed' in handled || !handled.stream) return;
    played.follow(this.#stage.streams, handled, handled.stream);
  }

  async #act({ method, path, body }: Extract<BundledItem, { kind: 'act' }>): Promise<void> {
    const { transport } = this.#stage;
    const answer = await transport.send({
      method,
      path,
      sandbox: this.#sandbox.name,
      ...(body !== undefined && { body }),
    });
    if (answer.status < 400) return;
    throw new NotPlayable(
      `${method} /_emulator${path} was answered ${answer.status}: ${shortenTo(1000, await answer.text())}`,
    );
  }

  async #goOn({ id, ago = 0 }: Waited, act: (own: string, played: Played) => void): Promise<void> {
    const played = this.#eras[ago]?.get(id);
    if (!played) return;
    act(played.own, played);
    await nextTurn();
    await this.#settle(played);
  }

  /** Until it is over, or waits for what comes later. */
  async #settle(played: Played): Promise<void> {
    while (!played.isOver && !this.#sandbox.waits.isWaiting(played.own)) await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A request that comes from no client. */
class Played implements Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Request['headers'];
  readonly body: Buffer | undefined;
  /** The id that it has now. */
  own = '';
  isOver = false;
  readonly #leavers = new Set<() => void>();
  #connection: Connection | undefined;

  constructor({ method, url, headers, body }: BundledRequest) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.body = body === null ? undefined : fromBytes(body);
  }

  onLeave(left: () => void): () => void {
    this.#leavers.add(left);
    return () => this.#leavers.delete(left);
  }

  leave(): void {
    for (const left of [...this.#leavers]) left();
    this.#connection?.destroy();
  }

  /** Listens as its client did. */
  follow(streams: EventStreams, answer: Answer, stream: OpenStream): void {
    if (this.method === 'HEAD') return;
    this.#connection = new Connection();
    // Node takes any duplex for a connection here.
    const socket = this.#connection as unknown as Socket;
    const response = new ServerResponse(new IncomingMessage(socket));
    response.assignSocket(socket);
    streams.open(response, answer, stream);
  }
}

/** A connection to a client that reads everything at once. */
class Connection extends Duplex {
  override _read(): void {
    // It says nothing.
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  destroySoon(): void {
    this.destroy();
  }
}
