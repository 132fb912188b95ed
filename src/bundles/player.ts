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

/** The parts of an emulator that a player uses. */
export interface Stage {
  readonly services: ReadonlyMap<string, Service>;
  readonly exchanges: Exchanges;
  readonly streams: EventStreams;
  readonly transport: Transport;
}

type Waited = Extract<BundledItem, { kind: 'go' | 'left' }>;

/** The replay cannot continue. */
export class NotPlayable extends Error {
  override readonly name = 'NotPlayable';
}

/** Replays a recording in a sandbox: each item at its instant and in its order, without waiting for real time. */
export class Player {
  readonly #stage: Stage;
  readonly #sandbox: Sandbox;
  /** Played requests by their recorded id; one map for each time that ids restarted. */
  readonly #eras: Map<string, Played>[] = [];

  /** @param sandbox must not be used by anything else */
  constructor(stage: Stage, sandbox: Sandbox) {
    this.#stage = stage;
    this.#sandbox = sandbox;
    sandbox.waits.steer();
    this.begin();
  }

  /** Call it when ids restart. */
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
    // Streams are written in a later turn of the event loop.
    await nextTurn();
  }

  /** Lets exchanges that still wait continue by themselves. */
  end(): void {
    this.#sandbox.waits.release();
  }

  /** Ends the replay and its open streams. */
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
    if (!service) throw new NotPlayable(`The request "${id}" is for the provider "${provider}", which is not started.`);
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

  /** Resolves when the request is answered, or waits for a later item. */
  async #settle(played: Played): Promise<void> {
    while (!played.isOver && !this.#sandbox.waits.isWaiting(played.own)) await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A request without a client. */
class Played implements Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Request['headers'];
  readonly body: Buffer | undefined;
  /** Its id in this sandbox. */
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

  /** Reads the stream as the client did. */
  follow(streams: EventStreams, answer: Answer, stream: OpenStream): void {
    if (this.method === 'HEAD') return;
    this.#connection = new Connection();
    // Node accepts any duplex as a connection here.
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
