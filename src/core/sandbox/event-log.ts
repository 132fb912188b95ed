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

/** An exchange has met a fault, which need not have made a commit. */
export interface FaultIncident extends IncidentHead {
  readonly kind: 'fault';
  readonly fault: MetFault;
}

/** A stream was opened, its client was sent something, or it has ended. */
export interface StreamIncident extends IncidentHead {
  readonly kind: 'stream';
  readonly what: 'opened' | 'sent' | 'ended';
  readonly subject: string | undefined;
  /** How many events its client had been sent by then. */
  readonly sent: number;
  /** How it ended, where it was not by its client or the emulator leaving. */
  readonly ended?: string | undefined;
}

/** What happened that is neither a commit nor an exchange. */
export type Incident = FaultIncident | StreamIncident;

export type LoggedEvent = Commit | JournalEntry | Incident;

/** Bytes of an incident beside its texts. */
const INCIDENT = 400;

/**
 * All that happens in one sandbox, in the order in which it is told: commits, exchanges once they are complete, and
 * incidents, numbered from 1 without a gap over every reset. It keeps nothing but references to what feed and journal
 * keep, and forgets them, with all in front of them, as soon as those do.
 */
export class EventLog {
  readonly #told = new Ring<Held<LoggedEvent>>();
  /** What may yet turn out not to have been, with how many promises have to resolve until that is known. */
  readonly #untold = new Ring<{ readonly held: Held<LoggedEvent>; readonly until: number }>();
  /** The newest promise that something waits for, and how many there were: many wait for the same. */
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

  /** The number of the newest. */
  get position(): number {
    return this.#position;
  }

  /** The number of the newest that is forgotten; 0 for none. */
  get forgotten(): number {
    return this.#position - this.#told.size;
  }

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** @param position behind `forgotten`, and no more than `position` */
  at(position: number): LoggedEvent | undefined {
    return this.#told.at(position - this.forgotten - 1)?.item;
  }

  /** @returns what ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  report(incident: Incident): void {
    const { request, operation = '' } = incident;
    const text = incident.kind === 'fault' ? incident.fault.name : (incident.subject ?? '');
    this.add(this.#incidents.push(incident, INCIDENT + request.length + operation.length + text.length));
  }

  /** Tells of what feed or journal hold, once it is durable; not at all where it was taken back. */
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

  /** What was kept of it has gone. */
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

  /** In order: what came later may be durable already, and not be told of yet. */
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
