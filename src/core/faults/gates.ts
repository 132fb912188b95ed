import type { Release } from '../wire/fault.ts';
import type { FaultRule } from './fault-rule.ts';

/** Maximum number of held exchanges in a sandbox: each keeps its request and its connection. */
const MOST = 1000;

/** Holds exchanges of one sandbox until their group is complete. */
export class Gates {
  /** By rule id, the group that exchanges can still join. */
  readonly #open = new Map<string, Group>();
  readonly #held = new Set<HeldExchange>();
  /** The player releases groups; timeouts are off. */
  isSteered = false;

  /** The number of held exchanges. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * Holds an exchange that matches a rule.
   *
   * @param fires whether the rule fires; asked once for each group
   * @param content the request, for a release in the order of content
   * @returns `undefined` if the rule does not fire, or if no more exchanges can be held
   */
  enter(rule: FaultRule, fires: () => boolean, content: Content): HeldExchange | undefined {
    const { effect } = rule.fault;
    if (effect?.kind !== 'hold') throw new TypeError(`The rule "${rule.id}" has no hold.`);
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

  /** Releases groups whose rule was removed. */
  keepOnly(isArmed: (rule: FaultRule) => boolean): void {
    for (const group of [...this.#open.values()]) if (!isArmed(group.rule)) group.go();
  }

  /** Lets every held exchange leave. */
  clear(): void {
    for (const place of [...this.#held]) place.quit();
    this.#open.clear();
  }
}

/** The parts of a request by which exchanges are ordered, however they arrive. */
export interface Content {
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  readonly url: string;
  readonly body: Buffer | undefined;
}

interface GroupTerms {
  readonly until: number;
  readonly release: Release;
  /** Milliseconds; `undefined`: no timeout. */
  readonly timeout: number | undefined;
  /** Called when no exchange can join any more. */
  readonly onClose: () => void;
  /** Called when an exchange is no longer held. */
  readonly onFree: (place: HeldExchange) => void;
}

/** Exchanges that wait for each other. It stays open while empty, so an exchange that leaves no longer counts. */
class Group {
  readonly rule: FaultRule;
  readonly #terms: GroupTerms;
  readonly #held: HeldExchange[] = [];
  /** In the order of release, once it begins. */
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

  /** Releases them one after another, each when the one before it has finished. */
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
      // Sends this response before the next exchange resumes.
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

/** One exchange in a group. */
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

  /** Whether it may resume. */
  get isFree(): boolean {
    return this.#isFree;
  }

  /** @param tell called when it may resume, never synchronously @returns a function that stops listening */
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

  /** Releases its whole group; later exchanges join another one. */
  releaseGroup(): void {
    this.#group.go();
  }

  /** The exchange ended or waits for something else: it no longer counts, or the next one is released. */
  quit(): void {
    if (this.#hasQuit) return;
    this.#hasQuit = true;
    this.#onQuit(this.#isFree);
  }
}

/** The order of release. After a timeout the group may be smaller than the list of positions; the rest is ignored. */
function toOrder(held: readonly HeldExchange[], operations: readonly string[], release: Release): HeldExchange[] {
  if (release === 'arrival') return [...held];
  if (release === 'reverse') return held.toReversed();
  if (!('content' in release)) return release.flatMap((place) => held[place - 1] ?? []);
  const sorted = held.toSorted((a, b) => compareContent(a.content, b.content, operations));
  return release.content.flatMap((place) => sorted[place - 1] ?? []);
}

/** Orders by operation (as the rule lists them), subject, URL and body. */
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
