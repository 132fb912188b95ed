import type { StreamEffect } from '../wire/fault.ts';

/** What is written for one event, and what happens to the connection then. */
export interface Twisted {
  readonly write: readonly Buffer[];
  readonly then: 'go on' | 'drop' | 'stall';
}

/** Applies a stream fault to the events of one connection. */
export class Twist {
  readonly #effect: StreamEffect;
  #count = 0;
  #held: Buffer | undefined;

  constructor(effect: StreamEffect) {
    this.#effect = effect;
  }

  /** The effect before the first event. */
  begin(): Twisted {
    return { write: [], then: this.#effect.after === 0 ? this.#reach([]).then : 'go on' };
  }

  next(event: Buffer): Twisted {
    const { after } = this.#effect;
    this.#count += 1;
    if (this.#held) {
      const held = this.#held;
      this.#held = undefined;
      return { write: [event, held], then: 'go on' };
    }
    // Drop and stall act after the last event that passes; the others change the next one.
    if (this.#count === after) return this.#reach([event]);
    return this.#count === after + 1 ? this.#change(event) : { write: [event], then: 'go on' };
  }

  #reach(write: readonly Buffer[]): Twisted {
    const { how } = this.#effect;
    return { write, then: how === 'drop' || how === 'stall' ? how : 'go on' };
  }

  #change(event: Buffer): Twisted {
    switch (this.#effect.how) {
      case 'duplicate':
        return { write: [event, event], then: 'go on' };
      case 'reorder':
        this.#held = event;
        return { write: [], then: 'go on' };
      case 'gap':
        return { write: [], then: 'go on' };
      case 'malformed':
        return { write: [toMalformed(event)], then: 'go on' };
      case 'drop':
      case 'stall':
      case 'refuse':
        return { write: [event], then: 'go on' };
    }
  }
}

/** An event whose data is not JSON. */
function toMalformed(event: Buffer): Buffer {
  return Buffer.from(`${event.toString().trimEnd().slice(0, -1)}\n\n`);
}
