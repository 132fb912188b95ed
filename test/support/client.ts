import type { Sink } from '../../src/core/wire/answer.ts';

/** A client of a stream that remembers what it is given. */
export class Client implements Sink {
  readonly events: Buffer[] = [];

  push(event: Buffer): void {
    this.events.push(event);
  }

  /** Whether it was told that nothing more comes. */
  isEnded = false;

  end(): void {
    this.isEnded = true;
  }

  get texts(): readonly string[] {
    return this.events.map(String);
  }
}
