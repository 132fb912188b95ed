import type { Sink } from '../../src/core/wire/answer.ts';

/** A client of a stream that remembers what it is given. */
export class Client implements Sink {
  readonly events: Buffer[] = [];

  push(event: Buffer): void {
    this.events.push(event);
  }

  get texts(): readonly string[] {
    return this.events.map(String);
  }
}
