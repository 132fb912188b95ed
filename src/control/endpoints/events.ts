import { Tail, type Listener, type TailEvent, type TailSource } from '../../core/wire/reply.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { renderInstant } from '../../core/values/clock.ts';
import type { Endpoint, Installation } from '../endpoint.ts';
import { presentEvent } from '../present-event.ts';
import type { components } from '../../generated/emulator.ts';

/** Milliseconds between comments: proxies close connections that are idle longer. */
const HEARTBEAT = 15_000;

export const followEvents: Endpoint<'followEvents'> = ({ sandbox, installation, headers, query }) => {
  const last = headers['last-event-id'];
  const { position } = sandbox.events;
  const options = {
    installation,
    brief: query.brief === true,
    last: last === undefined ? position : Number(last),
  };
  return { status: 200, body: new Tail(HEARTBEAT, (listener) => new EventSource(sandbox, options, listener)) };
};

interface EventOptions {
  readonly installation: Installation;
  /** Whether bodies are left out. */
  readonly brief: boolean;
  /** The id of the last event that the client received. */
  readonly last: number;
}

/** The events of a sandbox for one client. */
class EventSource implements TailSource {
  readonly #sandbox: Sandbox;
  readonly #options: EventOptions;
  readonly #leave: () => void;
  #last: number;
  #isUnknown: boolean;

  constructor(sandbox: Sandbox, options: EventOptions, listener: Listener) {
    this.#sandbox = sandbox;
    this.#options = options;
    this.#isUnknown = options.last > sandbox.events.position;
    this.#last = this.#isUnknown ? 0 : options.last;
    this.#leave = sandbox.events.listen(listener);
  }

  next(): TailEvent | undefined {
    const { events } = this.#sandbox;
    if (this.#isUnknown) {
      this.#isUnknown = false;
      return this.#toGap('unknown');
    }
    if (this.#last < events.forgotten) return this.#toGap('forgotten');
    if (this.#last === events.position) return undefined;
    // Counted before it is rendered, so that an event that cannot be rendered is skipped.
    this.#last += 1;
    return this.#share(this.#last);
  }

  close(): void {
    this.#leave();
    if (this.#sandbox.events.size === 0) newest.delete(this.#sandbox);
  }

  #toGap(why: 'forgotten' | 'unknown'): TailEvent {
    const from = this.#last + 1;
    const to = this.#sandbox.events.forgotten;
    this.#last = to;
    const at = renderInstant(this.#sandbox.clock.now());
    const data: components['schemas']['GapEvent'] = { seq: to, at, sandbox: this.#sandbox.name, why, from, to };
    return { id: to, name: 'gap', data };
  }

  /** All clients ask for the same event one after another, so it is rendered once. */
  #share(position: number): TailEvent | undefined {
    const { installation, brief } = this.#options;
    const { redaction, providers } = installation;
    const form = brief ? 'brief' : 'whole';
    const made = newest.get(this.#sandbox) ?? {};
    newest.set(this.#sandbox, made);
    if (made[form]?.id === position) return made[form];
    const event = this.#sandbox.events.at(position);
    if (!event) throw new RangeError(`Event ${position} does not exist.`);
    const { name } = this.#sandbox;
    return (made[form] = presentEvent(event, { position, sandbox: name, redaction, providers, brief }));
  }
}

/** The last rendered event of each form. */
type Made = Partial<Record<'brief' | 'whole', TailEvent>>;

const newest = new WeakMap<Sandbox, Made>();
