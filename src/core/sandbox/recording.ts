import type { Commit, Replace } from '../store/commit.ts';
import { Records, type Held, type History } from '../store/history.ts';
import type { Roots } from '../store/roots.ts';
import type { Instant } from '../values/clock.ts';
import { Journal, toSequence, type JournalEntry } from './journal.ts';

/** An act on a sandbox, other than an exchange, that a replay has to repeat. */
export type Noted =
  /** An act of the control API; `path` is below `/_emulator`. */
  | {
      readonly kind: 'act';
      readonly at: Instant;
      readonly method: string;
      readonly path: string;
      readonly body: string | undefined;
    }
  /** The clock was moved, frozen or released. */
  | { readonly kind: 'clock'; readonly at: Instant }
  /** An exchange went on that had waited. */
  | { readonly kind: 'go'; readonly at: Instant; readonly id: string }
  /** Its client left it; `ago` is how often ids have begun anew since it came, where they have. */
  | { readonly kind: 'left'; readonly at: Instant; readonly id: string; readonly ago?: number };

/** An exchange, as far as it was kept. */
export interface RecordedExchange {
  readonly entry: JournalEntry;
  /** `undefined` if it was over the limit. */
  readonly requestBody: Buffer | undefined;
  /** Empty for a stream. */
  readonly answerBody: string | Buffer;
}

/** The events after a state was put in as a whole, in order. */
export interface Chapter {
  readonly how: Replace['how'];
  readonly at: Instant;
  /** The state at its start. */
  readonly roots: Roots;
  readonly items: readonly (RecordedExchange | Noted)[];
}

/** An exchange that is not fully kept, so that no later one can be repeated. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded';

  constructor(id: string, why: string) {
    super(`The exchange "${id}" ${why}.`);
  }
}

/** Bytes of the recordings of all sandboxes together, if they are kept whole. */
export const RECORDED_BYTES = 67_108_864;

/** Bytes left for all recordings of a process. */
export interface Budget {
  left: number;
}

interface OpenChapter {
  readonly how: Replace['how'];
  readonly at: Instant;
  /** Released when the first exchange is lost: nothing could be repeated from there. */
  roots: Roots | undefined;
  /** The sandbox's `beginnings` at its start. */
  readonly beginnings: number;
  /** The number of exchanges that had begun before it. */
  readonly from: number;
  /** The exchanges, if all are kept. */
  readonly whole: Whole[];
  readonly notes: Placed[];
  bytes: number;
}

interface Placed {
  readonly noted: Noted;
  /** The number of exchanges that had begun. */
  readonly position: number;
}

type Entered = Pick<Held<JournalEntry>, 'item'>;

interface Whole extends Pick<RecordedExchange, 'requestBody' | 'answerBody'> {
  readonly held: Entered;
}

/** Bytes of a note, and of an exchange in addition to its bodies. */
const NOTE = 300;
const EXCHANGE = 2000;

/** Keeps what a replay of a sandbox needs. */
export class Recording {
  readonly #sandbox: string;
  readonly #history: History;
  /** Set if everything is kept from the start; otherwise exchanges are read from the journal. */
  readonly #budget: Budget | undefined;
  /** Counts the exchanges that have begun. */
  readonly #count: () => number;
  readonly #chapters: OpenChapter[] = [];
  /** The notes of all chapters, within the history's limits, if not all is kept. */
  readonly #notes: Records<{ readonly chapter: OpenChapter; readonly placed: Placed }>;
  #lost: { readonly id: string; readonly why: string } | undefined;
  /** How often ids have restarted; the first state does not count. */
  #beginnings = -1;

  constructor(
    sandbox: string,
    { history, recorded }: { readonly history: History; readonly recorded?: Budget | undefined },
    count: () => number,
  ) {
    this.#sandbox = sandbox;
    this.#history = history;
    this.#budget = recorded;
    this.#count = count;
    this.#notes = new Records(history, () => {
      this.#lose(this.#idOf(this.#chapters[0]?.from ?? 0), 'precedes an act that is no longer kept');
    });
  }

  /** Whether everything is kept from the start. */
  get isWhole(): boolean {
    return this.#budget !== undefined;
  }

  /** The id of the next exchange. */
  get next(): string {
    return this.#idOf(this.#count());
  }

  /** Opens the journal that it reads unless everything is kept. @param onGone receives each forgotten entry */
  openJournal(size: number, onGone: (held: Held<JournalEntry>) => void, onClear: () => void): Journal {
    const lose = (held: Held<JournalEntry>): void => {
      onGone(held);
      if (this.isWhole || this.#lost) return;
      const { id } = held.item;
      if (toSequence(id) > (this.#chapters[0]?.from ?? 0)) this.#lose(id, 'is no longer kept');
    };
    return new Journal(size, this.#history, lose, onClear);
  }

  readonly follow = ({ cause, at }: Commit): void => {
    if (cause.kind === 'clock') this.note({ kind: 'clock', at });
    else if (cause.kind === 'replace') this.#open(cause, at);
  };

  #open({ how, roots }: Replace, at: Instant): void {
    if (isBeginning(how)) this.#beginnings += 1;
    if (!this.isWhole && (isBeginning(how) || this.#lost)) {
      // Earlier chapters are not needed from here on.
      this.#chapters.length = 0;
      this.#notes.clear();
      this.#lost = undefined;
    }
    if (this.#lost) return;
    const { requests: from } = roots.numbering;
    this.#chapters.push({ how, at, roots, beginnings: this.#beginnings, from, whole: [], notes: [], bytes: 0 });
    if (this.#chapters.length <= MOST) return;
    if (this.isWhole) this.#lose(this.#idOf(this.#count() - 1), TOO_MUCH);
    else this.#chapters.shift();
  }

  note(noted: Noted): void {
    const chapter = this.#chapters.at(-1);
    if (!chapter || this.#lost) return;
    const placed = { noted, position: this.#count() };
    const bytes = NOTE + (noted.kind === 'act' ? (noted.body?.length ?? 0) + noted.path.length : 0);
    if (this.isWhole) {
      chapter.notes.push(placed);
      this.#take(chapter, bytes);
    } else this.#notes.push({ chapter, placed }, bytes);
  }

  /**
   * Adds an exchange that has ended, if all is kept. It belongs to the state in which it began, even if that was
   * replaced since.
   *
   * @param beginnings the sandbox's `beginnings` when it arrived
   */
  add(held: Entered, beginnings: number, requestBody: Buffer | undefined, answerBody: string | Buffer): void {
    if (this.#lost || !this.isWhole) return;
    const sequence = toSequence(held.item.id);
    const chapter = this.#chapters.findLast((one) => one.beginnings === beginnings && one.from < sequence);
    if (!chapter) return;
    chapter.whole.push({ held, requestBody, answerBody });
    this.#take(chapter, EXCHANGE + (requestBody?.length ?? 0) + answerBody.length);
  }

  #take(chapter: OpenChapter, bytes: number): void {
    if (!this.#budget) return;
    chapter.bytes += bytes;
    this.#budget.left -= bytes;
    if (this.#budget.left < 0) this.#lose(this.#idOf(this.#count() - 1), TOO_MUCH);
  }

  #lose(id: string, why: string): void {
    // Everything was released before.
    if (this.#lost) return;
    this.#lost = { id, why };
    for (const chapter of this.#chapters) {
      chapter.roots = undefined;
      if (this.#budget) this.#budget.left += chapter.bytes;
      chapter.bytes = 0;
      chapter.whole.length = 0;
      chapter.notes.length = 0;
    }
  }

  /** Releases everything when the sandbox is deleted. */
  close(): void {
    if (this.isWhole) this.#lose('', '');
    this.#notes.clear();
  }

  /**
   * Lists all chapters, oldest first.
   *
   * @param journal the kept exchanges, if not all are kept
   * @param before the id of an exchange, since numbers last restarted, at which the list stops
   * @throws {NotRecorded} for the first exchange that is not fully kept
   */
  list(journal: Journal, before?: string): readonly Chapter[] {
    if (this.#lost) throw new NotRecorded(this.#lost.id, this.#lost.why);
    if (before === undefined) return this.#list(journal, this.#chapters, Infinity);
    const end = toSequence(before) - 1;
    const first = Math.max(
      this.#chapters.findLastIndex(({ how }) => isBeginning(how)),
      0,
    );
    // In chapters before a restart the number is another exchange's; later chapters began after that exchange.
    const chapters = this.#chapters.slice(first).filter(({ from }) => from <= end);
    return this.#list(journal, chapters, end);
  }

  #list(journal: Journal, chapters: readonly OpenChapter[], end: number): readonly Chapter[] {
    const notes = [...this.#notes.newest()].toReversed();
    const entries = this.isWhole ? [] : [...journal.newest()].toReversed();
    return chapters.map((chapter, index) => {
      const { how, at, roots, from } = chapter;
      if (!roots) throw new NotRecorded(this.#idOf(from), 'is no longer kept');
      const next = chapters[index + 1];
      // If numbers go on, the start of the next chapter is the end of this one.
      const isLast = next === undefined || next.from < from || isBeginning(next.how);
      const all = index === chapters.length - 1 ? this.#count() : isLast ? Infinity : next.from;
      const until = Math.min(all, end);
      const whole = this.isWhole
        ? chapter.whole.map(({ held, ...bodies }) => ({ entry: held.item, ...bodies }))
        : entries.filter(({ id }) => isWithin(toSequence(id), from, until)).map((entry) => this.#toWhole(entry));
      const recorded = whole
        .filter(({ entry }) => toSequence(entry.id) <= until)
        .toSorted((one, other) => toSequence(one.entry.id) - toSequence(other.entry.id));
      this.#assertAll(recorded, from, until);
      const placed = this.isWhole
        ? chapter.notes
        : notes.filter((one) => one.chapter === chapter).map((one) => one.placed);
      const before = placed.filter(({ position }) => position <= end);
      return { how, at, roots, items: merge(recorded, before) };
    });
  }

  #toWhole(entry: JournalEntry): RecordedExchange {
    const { id, requestBody, requestSize, answer, answerBytes } = entry;
    if (requestBody !== undefined && requestBody.length < requestSize) throw new NotRecorded(id, CUT);
    if (answer.cutFrom !== undefined) throw new NotRecorded(id, CUT);
    return {
      entry,
      requestBody: typeof requestBody === 'string' ? Buffer.from(requestBody, 'latin1') : requestBody,
      answerBody: entry.sent ? '' : (answerBytes ?? answer.body),
    };
  }

  /** Checks that the exchanges have consecutive numbers. */
  #assertAll(recorded: readonly RecordedExchange[], from: number, until: number): void {
    let expected = from + 1;
    for (const { entry } of recorded) {
      const sequence = toSequence(entry.id);
      if (sequence !== expected) break;
      assertRepeatable(entry);
      expected += 1;
    }
    const there = from + recorded.length + 1;
    const last = until === Infinity ? there : until + 1;
    if (expected < last) throw new NotRecorded(this.#idOf(expected - 1), 'is no longer kept, or has not ended');
  }

  #idOf(before: number): string {
    return `${this.#sandbox}-${before + 1}`;
  }
}

/** Limit of states that were put in as a whole: each keeps its records in memory. */
const MOST = 1000;
const TOO_MUCH = 'is more than can be recorded';
const CUT = 'is longer than what is kept of one';

function isBeginning(how: Replace['how']): boolean {
  return how === 'start' || how === 'reset' || how === 'fork';
}

function isWithin(sequence: number, from: number, until: number): boolean {
  return sequence > from && sequence <= until;
}

/** @throws {NotRecorded} */
function assertRepeatable({ id, webhook, sent }: JournalEntry): void {
  if (webhook) throw new NotRecorded(id, 'is a webhook, and what its receiver does cannot be repeated');
  if (sent && sent.count > sent.list().length)
    throw new NotRecorded(id, 'is a stream, and some of its events are no longer kept');
}

/** Puts each note after the exchanges that had begun by then. */
function merge(recorded: readonly RecordedExchange[], notes: readonly Placed[]): readonly (RecordedExchange | Noted)[] {
  const items: (RecordedExchange | Noted)[] = [];
  let next = 0;
  for (const { noted, position } of notes) {
    for (let one = recorded[next]; one && toSequence(one.entry.id) <= position; one = recorded[next]) {
      items.push(one);
      next += 1;
    }
    items.push(noted);
  }
  return [...items, ...recorded.slice(next)];
}
