/** What a client asks for that changes its account. */
export interface Write<S> {
  /** Unique in a run; where a provider keeps a text with a change, it is this one. */
  readonly id: string;
  /** What the state becomes. Pure, and of any state. */
  after(state: S): S;
  /** It is acknowledged first and has its effect when the sandbox's clock gets there. */
  readonly isLate: boolean;
}

/** A state as the reads of its provider show it; two that are equal as JSON are the same to a client. */
export type View = unknown;

/** `lost` is a state of the past, `half` one that never was. */
export type Verdict = 'as expected' | 'lost' | 'half';

export interface Settlement {
  readonly verdict: Verdict;
  /** Whether the write that was on its way has had its effect. */
  readonly isThere: boolean;
}

/** A write that was acknowledged and has not come due, as far as is known. */
interface Late<S> {
  readonly write: Write<S>;
  /** Not where a reset was under way when it was acknowledged: that may have taken it, or have come first. */
  readonly isCertain: boolean;
  /** No later reset has begun. */
  mayOutlastReset: boolean;
}

/** How many states of the past are remembered, to tell what was lost from what is there in part. */
const REMEMBERED = 200;

interface Pending<S> {
  readonly write: Write<S>;
  /** Somebody has read its effect, or a stream has pushed it: from then on it has to be there. */
  isSeen: boolean;
  /** A reset was under way at the same time, and may have come first or second. */
  isOverlapped: boolean;
}

/**
 * What the only client that writes to an account may believe of it: every state that it can be in, given
 * what was acknowledged. It has one write on its way at most; a reset of its sandbox may meet that.
 */
export class Account<S> {
  readonly #show: (state: S) => View;
  readonly #seed: S;
  readonly #past: string[] = [];
  #states: readonly S[];
  /** What it may be in if the reset that is under way has happened. */
  #statesAfterReset: readonly S[] | undefined;
  #pending: Pending<S> | undefined;
  #late: Late<S> | undefined;
  #version = 0;

  constructor(seed: S, show: (state: S) => View) {
    this.#seed = seed;
    this.#states = [seed];
    this.#show = show;
  }

  /** Grows whenever something is acknowledged, and with each reset. */
  get version(): number {
    return this.#version;
  }

  /** The state, where only one is possible and nothing is on its way. */
  get known(): S | undefined {
    const isOpen = this.#pending ?? this.#statesAfterReset ?? this.#late;
    return isOpen === undefined && this.#states.length === 1 ? this.#states[0] : undefined;
  }

  /** Whether something that was acknowledged has not come due, as far as is known. */
  get isWaiting(): boolean {
    return this.#late !== undefined;
  }

  get isResetting(): boolean {
    return this.#statesAfterReset !== undefined;
  }

  get pending(): Write<S> | undefined {
    return this.#pending?.write;
  }

  /** Every state that a read may show now. */
  get possible(): readonly S[] {
    const late = this.#late;
    const pending = this.#pending;
    const without = pending?.isSeen === true && !pending.isOverlapped ? [] : this.#without;
    return [...without, ...this.#with, ...(late ? this.#states.map((state) => late.write.after(state)) : [])];
  }

  begin(write: Write<S>): void {
    if (this.#pending) throw new Error(`${write.id} begins before ${this.#pending.write.id} has ended.`);
    this.#pending = { write, isSeen: false, isOverlapped: this.isResetting };
  }

  /** The write was acknowledged. @returns whether a reset makes that uncertain */
  succeed(): boolean {
    const { write, isOverlapped } = this.#take();
    if (write.isLate) {
      this.#late = { write, isCertain: !isOverlapped, mayOutlastReset: isOverlapped };
      return isOverlapped;
    }
    const done = this.#states.map((state) => write.after(state));
    this.#become(isOverlapped ? [...done, ...this.#states] : done);
    if (this.#statesAfterReset) {
      this.#statesAfterReset = [this.#seed, ...this.#statesAfterReset.map((state) => write.after(state))];
    }
    return isOverlapped;
  }

  /** It is known to have done nothing. @returns whether a reset makes that uncertain */
  fail(): boolean {
    return this.#take().isOverlapped;
  }

  /** Nobody knows whether it has done something. */
  loseSight(): void {
    const { write, isSeen } = this.#take();
    const done = this.#states.map((state) => write.after(state));
    this.#become(isSeen ? done : [...this.#states, ...done]);
    this.#statesAfterReset &&= [
      ...this.#statesAfterReset,
      ...this.#statesAfterReset.map((state) => write.after(state)),
    ];
  }

  beginReset(): void {
    this.#version += 1;
    this.#statesAfterReset = [this.#seed];
    if (this.#pending) this.#pending.isOverlapped = true;
    if (this.#late) this.#late.mayOutlastReset = false;
  }

  /** @param isKnown whether the reset was acknowledged */
  endReset(isKnown: boolean): void {
    const after = this.#statesAfterReset ?? [];
    this.#statesAfterReset = undefined;
    const late = this.#late;
    const before = late ? [...this.#states, ...this.#states.map((state) => late.write.after(state))] : this.#states;
    // What was due when the reset began went with the old state, or came due before.
    if (late?.mayOutlastReset === false) this.#late = undefined;
    this.#become(isKnown ? after : [...before, ...after]);
  }

  /** What somebody has seen while the version was the same, in a read or on a stream. @returns whether it is new */
  observe(view: View): boolean {
    const pending = this.#pending;
    const [state, ...others] = this.#states;
    if (!pending || pending.isSeen || pending.isOverlapped || state === undefined || others.length > 0) return false;
    if (toText(view) !== toText(this.#show(pending.write.after(state)))) return false;
    pending.isSeen = true;
    return true;
  }

  /** A read with nothing else on its way. */
  read(view: View): Verdict {
    const late = this.#late;
    if (late) {
      const done = this.#states.map((state) => late.write.after(state));
      if (this.#find(done, view) === undefined) {
        return this.#find(this.#states, view) === undefined ? this.#judge(view) : 'as expected';
      }
      this.#states = done;
      this.#late = undefined;
    }
    return this.#keepOnly(this.#states, view);
  }

  /** The first read after a crash, when what was due has happened. */
  settle(view: View): Settlement {
    const late = this.#late;
    if (late) {
      const done = this.#states.map((state) => late.write.after(state));
      this.#states = late.isCertain ? done : [...this.#states, ...done];
    }
    this.#late = undefined;
    const { possible } = this;
    const isThere = this.#find(this.#with, view) !== undefined;
    this.#pending = undefined;
    this.#statesAfterReset = undefined;
    return { verdict: this.#keepOnly(possible, view), isThere };
  }

  /** Where the write on its way has done nothing, and where it has. */
  get #without(): readonly S[] {
    return [...this.#states, ...(this.#statesAfterReset ?? [])];
  }

  get #with(): readonly S[] {
    const pending = this.#pending;
    return pending ? this.#without.map((state) => pending.write.after(state)) : [];
  }

  #keepOnly(states: readonly S[], view: View): Verdict {
    const found = this.#find(states, view);
    if (found === undefined) return this.#judge(view);
    this.#become([found]);
    return 'as expected';
  }

  #find(states: readonly S[], view: View): S | undefined {
    const text = toText(view);
    return states.find((state) => toText(this.#show(state)) === text);
  }

  #judge(view: View): Verdict {
    return this.#past.includes(toText(view)) ? 'lost' : 'half';
  }

  #take(): Pending<S> {
    const pending = this.#pending;
    if (!pending) throw new Error('No write is on its way.');
    this.#pending = undefined;
    return pending;
  }

  #become(states: readonly S[]): void {
    this.#version += 1;
    this.#past.push(...this.#states.map((state) => toText(this.#show(state))));
    this.#past.splice(0, this.#past.length - REMEMBERED);
    const byView = new Map(states.map((state) => [toText(this.#show(state)), state]));
    this.#states = [...byView.values()];
  }
}

function toText(view: View): string {
  return JSON.stringify(view);
}
