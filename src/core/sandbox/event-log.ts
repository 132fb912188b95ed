import type { Commit } from '../store/commit.ts';
import { Records, type Held, type History } from '../store/history.ts';
import type { Instant } from '../values/clock.ts';
import { Ring } from '../values/ring.ts';
import type { MetFault } from '../wire/fault.ts';
import type { Listener } from '../wire/reply.ts';
import type { JournalEntry } from './journal.ts';
import type { SandboxPersistence } from './sandbox-persistence.ts';

interface IncidentHead {
  readonly at: Instant;
  /** The id of the exchange. */
  readonly request: string;
  readonly provider: string;
  readonly operation: string | undefined;
}

/** A fault that an exchange met, with or without a commit. */
export interface FaultIncident extends IncidentHead {
  readonly kind: 'fault';
  readonly fault: MetFault;
}

/** A stream that was opened, sent something or ended. */
export interface StreamIncident extends IncidentHead {
  readonly kind: 'stream';
  readonly what: 'opened' | 'sent' | 'ended';
  readonly subject: string | undefined;
  /** Number of events sent to its client until then. */
  readonly sent: number;
  /** Why it ended, unless its client or the emulator left. */
  readonly ended?: string | undefined;
}

/** An event that is neither a commit nor an exchange. */
export type Incident = FaultIncident | StreamIncident;

export type LoggedEvent = Commit | JournalEntry | Incident;

/** Bytes of an incident in addition to its texts. */
const INCIDENT = 400;

/**
 * The events of one sandbox in the order of their delivery to listeners: commits, completed exchanges and incidents,
 * numbered from 1 without gaps, also over resets. It only references what feed and journal keep. When these forget an
 * event, it forgets that event and all earlier ones.
 */
export class EventLog {
  readonly #told = new Ring<Held<LoggedEvent>>();
  /** Events that may still be rolled back, with the number of promises that have to resolve before that is known. */
  readonly #untold = new Ring<{ readonly held: Held<LoggedEvent>; readonly until: number }>();
  /**
   * The newest promise that an event waits for, and the number of promises so far. A promise counts once, although many events wait for it.
   */
  #awaited: Promise<void> | undefined;
  #awaitings = 0;
  readonly #incidents: Records<Incident>;
  readonly #listeners = new Set<Listener>();
  readonly #persistence: Pick<SandboxPersistence, 'pending'>;
  #position = 0;

  constructor(history: History, persistence: Pick<SandboxPersistence, 'pending'>) {
    this.#incidents = new Records<Incident>(history, this.forget);
    this.#persistence = persistence;
  }

  /** The number of the newest event. */
  get position(): number {
    return this.#position;
  }

  /** The number of the newest forgotten event; 0 for none. */
  get forgotten(): number {
    return this.#position - this.#told.size;
  }

  /** The number of listeners. */
  get size(): number {
    return this.#listeners.size;
  }

  /** @param position greater than `forgotten`, and at most `position` */
  at(position: number): LoggedEvent | undefined {
    return this.#told.at(position - this.forgotten - 1)?.item;
  }

  /** @returns a function that removes the listener */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  report(incident: Incident): void {
    const { request, operation = '' } = incident;
    const text = incident.kind === 'fault' ? incident.fault.name : (incident.subject ?? '');
    this.add(this.#incidents.push(incident, INCIDENT + request.length + operation.length + text.length));
  }

  /** Passes an item of feed or journal to listeners once it is durable; drops it if it was rolled back. */
  add(held: Held<LoggedEvent>): void {
    const { pending } = this.#persistence;
    if (this.#untold.size === 0 && !pending) {
      this.#tell(held);
      return;
    }
    if (pending && pending !== this.#awaited) {
      this.#awaited = pending;
      const number = (this.#awaitings += 1);
      void pending.then(() => {
        this.#tellUntold(number);
      });
    }
    this.#untold.push({ held, until: pending ? this.#awaitings : 0 });
  }

  /** Forgets an event whose item was forgotten, and all earlier ones. */
  readonly forget = ({ position }: Held<LoggedEvent>): void => {
    while (this.forgotten < position) this.#told.shift();
  };

  /** Forgets all; positions go on. */
  clear(): void {
    this.#incidents.clear();
    while (this.#told.size > 0) this.#told.shift();
  }

  close(): void {
    this.clear();
    for (const listener of [...this.#listeners]) listener.end();
  }

  /** Keeps the order: a later event may be durable before an earlier one. */
  #tellUntold(resolved: number): void {
    for (let next = this.#untold.oldest; next && next.until <= resolved; next = this.#untold.oldest) {
      this.#untold.shift();
      this.#tell(next.held);
    }
  }

  #tell(held: Held<LoggedEvent>): void {
    if (held.wasTakenBack) return;
    held.position = this.#position += 1;
    this.#told.push(held);
    for (const listener of this.#listeners) listener.wake();
    if (held.isGone) this.forget(held);
  }
}
