import type { Clock, Instant } from '../values/clock.ts';
import type { EventLog, StreamIncident } from './event-log.ts';
import type { SentEvents } from './journal.ts';

/** A stream of a provider that has a listening client. */
export interface OpenedStream {
  /** The id of the exchange that opened it. */
  readonly request: string;
  readonly provider: string;
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  /** When it was opened. */
  readonly at: Instant;
  readonly sent: SentEvents;
}

/** The open streams of one sandbox, in the order of their opening. */
export class OpenStreams {
  readonly #streams = new Set<OpenedStream>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events: Pick<EventLog, 'report'>;

  constructor(clock: Pick<Clock, 'now'>, events: Pick<EventLog, 'report'>) {
    this.#clock = clock;
    this.#events = events;
  }

  list(): Iterable<OpenedStream> {
    return this.#streams;
  }

  /** @returns a function that closes it, with the reason unless its client or the emulator left */
  open(stream: Omit<OpenedStream, 'at'>): (ended?: string) => void {
    const opened = { ...stream, at: this.#clock.now() };
    this.#streams.add(opened);
    this.#report(opened, 'opened');
    stream.sent.onSend(() => {
      this.#report(opened, 'sent');
    });
    return (ended) => {
      if (this.#streams.delete(opened)) this.#report(opened, 'ended', ended);
    };
  }

  #report({ request, provider, operation, subject, sent }: OpenedStream, what: StreamIncident['what'], ended?: string) {
    const at = this.#clock.now();
    const incident = { kind: 'stream', what, at, request, provider, operation, subject, sent: sent.count } as const;
    this.#events.report(ended === undefined ? incident : { ...incident, ended });
  }
}
