import type { Service } from '../../core/exchange/exchange.ts';
import type { Handled } from '../../core/exchange/engine.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { parseInstant } from '../../core/values/clock.ts';
import { abandoned } from '../../core/wire/answer.ts';
import type { Request } from '../../core/wire/request.ts';
import { toOrigin, type ReplayEnvironment } from '../../bundles/replay.ts';
import type { Seen } from './answers.ts';
import type { Read, Scene } from './reads.ts';
import type { Outgoing, Unanswered } from './sender.ts';

/** A private emulator that gets the same requests as the real service. */
export class Emulated {
  readonly sandbox: Sandbox;
  readonly #environment: ReplayEnvironment;
  readonly #service: Service;

  constructor(environment: ReplayEnvironment, service: Service) {
    this.#environment = environment;
    this.#service = service;
    this.sandbox = environment.sandboxes.get('default');
  }

  /** Imports the state that the reads are about, without its fault rules. @throws {ConfigError} */
  async enter({ chapter }: Scene): Promise<void> {
    if (!chapter) return;
    const { at, numbering, state } = chapter;
    const { roots } = await this.#environment.buildState({ ...state, clock: at }, this.sandbox);
    this.sandbox.remake(toOrigin({ ...roots, numbering }, this.sandbox));
    this.sandbox.faults.clear();
  }

  /** @param patience milliseconds to wait if a magic subject gives no response */
  async ask({ at }: Read, outgoing: Outgoing, patience: number): Promise<Seen | Unanswered> {
    if (at !== undefined) await this.sandbox.moveTo(parseInstant(at));
    const leavers = new Set<() => void>();
    const request: Request = {
      ...outgoing,
      body: outgoing.body ?? Buffer.alloc(0),
      onLeave: (left) => {
        leavers.add(left);
        return () => leavers.delete(left);
      },
    };
    const timer = setTimeout(() => {
      for (const left of [...leavers]) left();
    }, patience);
    try {
      return toSeen(await this.#environment.exchanges.handle(this.#service, this.sandbox.name, request));
    } finally {
      clearTimeout(timer);
    }
  }
}

function toSeen(handled: Handled): Seen | Unanswered {
  if (handled === abandoned || 'severed' in handled) return { reason: 'a fault of ours leaves it without an answer' };
  const { status, body } = handled;
  const headers = Object.fromEntries(
    Object.entries(handled.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  if ('x-emulator-fault' in headers) return { reason: 'a fault of ours answers it' };
  if ('x-emulator-example' in headers) return { reason: 'ours has nothing but a generated example' };
  if (handled.stream) return { reason: 'it is a stream' };
  return { status, headers, body: Buffer.from(body) };
}
