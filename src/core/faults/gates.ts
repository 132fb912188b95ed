import type { Release } from '../wire/fault.ts';
import type { FaultRule } from './fault-rule.ts';

/** How many may be held in one sandbox: each keeps its request and its connection. */
const MOST = 1000;

/** Where exchanges of one sandbox wait for each other, by the rules that hold them. */
export class Gates {
  /** The one of each rule that others may still join. */
  readonly #open = new Map<string, Group>();
  readonly #held = new Set<HeldExchange>();
  /** Somebody else says when a group goes, and not the time. */
  isSteered = false;

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * An exchange that fits a rule comes to its gate.
   *
   * @param fires whether the rule fires, which is asked for each group
   * @param content what it says, for a release by that
   * @returns `undefined` where it does not, or where no more can be held
   */
  enter(rule: FaultRule, fires: () => boolean, content: Content): HeldExchange | undefined {
    const { effect } = rule.fault;
    if (effect?.kind !== 'hold') throw new TypeError(`"${rule.id}" holds nothing.`);
    if (this.#held.size >= MOST) return undefined;
    const known = this.#open.get(rule.id);
    if (known?.rule === rule) return this.#join(known, content);
    if (!fires()) return undefined;
    const { until, release, timeout } = effect;
    const group = new Group(rule, {
      ...{ until, release },
      timeout: this.isSteered ? undefined : timeout,
      onClose: () => {
        if (this.#open.get(rule.id) === group) this.#open.delete(rule.id);
      },
      onFree: (place) => {
        this.#held.delete(place);
      },
    });
    known?.go();
    this.#open.set(rule.id, group);
    return this.#join(group, content);
  }

  #join(group: Group, content: Content): HeldExchange {
    const place = group.join(content);
    if (!place.isFree) this.#held.add(place);
    return place;
  }

  /** Has those go whose rule is no longer there. */
  keepOnly(isArmed: (rule: FaultRule) => boolean): void {
    for (const group of [...this.#open.values()]) if (!isArmed(group.rule)) group.go();
  }

  /** Nobody waits any more. */
  clear(): void {
    for (const place of [...this.#held]) place.quit();
    this.#open.clear();
  }
}

/** What tells exchanges apart that may come in any order. */
export interface Content {
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  readonly url: string;
  readonly body: Buffer | undefined;
}

interface GroupTerms {
  readonly until: number;
  readonly release: Release;
  /** Milliseconds; `undefined` for without end. */
  readonly timeout: number | undefined;
  /** Nobody joins any more. */
  readonly onClose: () => void;
  /** One is held no longer. */
  readonly onFree: (place: HeldExchange) => void;
}

/** Those that wait for each other at one gate. It stays open while nobody is there, so that who leaves counts out. */
class Group {
  readonly rule: FaultRule;
  readonly #terms: GroupTerms;
  readonly #held: HeldExchange[] = [];
  /** In the order in which they go, once they do. */
  #going: HeldExchange[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(rule: FaultRule, terms: GroupTerms) {
    this.rule = rule;
    this.#terms = terms;
  }

  join(content: Content): HeldExchange {
    const { timeout, until } = this.#terms;
    const place = new HeldExchange(this, content, (wasFreed) => {
      this.#leave(place, wasFreed);
    });
    this.#held.push(place);
    if (timeout !== undefined) {
      this.#timer ??= setTimeout(() => {
        this.go();
      }, timeout);
    }
    if (this.#held.length === until) this.go();
    return place;
  }

  /** One after another, each once the one before it has done what it was held from. */
  go(): void {
    if (this.#going) return;
    this.#stopTimer();
    this.#terms.onClose();
    this.#going = toOrder(this.#held, this.rule.operations, this.#terms.release);
    this.#goOn();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #goOn(): void {
    const next = this.#going?.shift();
    if (!next) return;
    this.#drop(next);
    next.free();
  }

  #leave(place: HeldExchange, wasFreed: boolean): void {
    if (wasFreed) {
      // The answer of this one is on its way before the next one goes.
      setImmediate(() => {
        this.#goOn();
      });
      return;
    }
    this.#drop(place);
    const at = this.#going?.indexOf(place) ?? -1;
    if (at >= 0) this.#going?.splice(at, 1);
    if (this.#held.length === 0 && !this.#going) this.#stopTimer();
  }

  #drop(place: HeldExchange): void {
    const at = this.#held.indexOf(place);
    if (at < 0) return;
    this.#held.splice(at, 1);
    this.#terms.onFree(place);
  }
}

/** That of one exchange at a gate. */
export class HeldExchange {
  readonly content: Content;
  readonly #group: Pick<Group, 'go'>;
  readonly #onQuit: (wasFreed: boolean) => void;
  #isFree = false;
  #hasQuit = false;
  #tell: (() => void) | undefined;

  constructor(group: Pick<Group, 'go'>, content: Content, onQuit: (wasFreed: boolean) => void) {
    this.#group = group;
    this.content = content;
    this.#onQuit = onQuit;
  }

  /** Whether it may go on. */
  get isFree(): boolean {
    return this.#isFree;
  }

  /** @param tell called once it may go on, never at once @returns what takes that back */
  listen(tell: () => void): () => void {
    this.#tell = tell;
    if (this.#isFree) queueMicrotask(() => this.#tell?.());
    return () => {
      this.#tell = undefined;
    };
  }

  free(): void {
    this.#isFree = true;
    this.#tell?.();
  }

  /** Somebody else says that its time is over, and so that of its group: who comes next is not of it. */
  releaseGroup(): void {
    this.#group.go();
  }

  /** The exchange is over, or waits for something else: it is not counted any more, or the next one goes. */
  quit(): void {
    if (this.#hasQuit) return;
    this.#hasQuit = true;
    this.#onQuit(this.#isFree);
  }
}

/** Of a list of places, those of fewer than there might have been are left out. */
function toOrder(held: readonly HeldExchange[], operations: readonly string[], release: Release): HeldExchange[] {
  if (release === 'arrival') return [...held];
  if (release === 'reverse') return held.toReversed();
  if (!('content' in release)) return release.flatMap((place) => held[place - 1] ?? []);
  const sorted = held.toSorted((a, b) => compareContent(a.content, b.content, operations));
  return release.content.flatMap((place) => sorted[place - 1] ?? []);
}

/** By the operations as the rule names them, whom they are about, the URL and the body. */
function compareContent(a: Content, b: Content, operations: readonly string[]): number {
  return (
    operations.indexOf(a.operation ?? NONE) - operations.indexOf(b.operation ?? NONE) ||
    compareText(a.subject ?? NONE, b.subject ?? NONE) ||
    compareText(a.url, b.url) ||
    Buffer.compare(a.body ?? NO_BYTES, b.body ?? NO_BYTES)
  );
}

const NONE = '';
const NO_BYTES = Buffer.alloc(0);

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
