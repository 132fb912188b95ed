import { crc32 } from 'node:zlib';

import { parseInstant } from '../../values/clock.ts';
import { toMessage } from '../../values/message.ts';
import { changeTrees, fillTrees, fillTreesLazily, type Catalog, type Declared } from '../roots.ts';
import { Unread } from '../tree.ts';
import { Damage } from './damage.ts';
import { HEAD_START, splitSnapshotName, type Counts, type DocumentHead } from './document.ts';
import { readRecord, readRest, toRecord, type Base, type Kept, type Snapshot, type WrittenRest } from './kept.ts';
import { findJson, toChecksum, type Line } from './lines.ts';

/**
 * @param line the first of a document
 * @throws {Damage}
 */
export function parseHead(file: string, { bytes, isEnded }: Pick<Line, 'bytes' | 'isEnded'>): DocumentHead {
  const damage = (): Damage => new Damage(file, 1, 'This is not the first line of an emulator.json that is whole.');
  const text = bytes.toString();
  const start = HEAD_START.length + 10;
  const body = text.slice(start, -1);
  if (!isEnded || !text.startsWith(HEAD_START) || text.slice(start - 2, start) !== '",' || !text.endsWith(',')) {
    throw damage();
  }
  if (text.slice(HEAD_START.length, start - 2) !== toChecksum(crc32(body))) throw damage();
  // The checksum has told that it is as `renderHead` has made it.
  return JSON.parse(`{${body}}`) as DocumentHead;
}

/** In their order. */
const SECTIONS: readonly string[] = ['seeds', 'sandboxes', 'snapshots'];

type Level = 'head' | 'sections' | 'parts' | 'records' | 'provider' | 'collection' | 'end';

/** Of one collection. */
interface Found {
  readonly keys: string[];
  readonly records: (object | undefined)[];
  /** In the place of the records, where they are kept as they are written. */
  readonly unread: Unread<object>[] | undefined;
}

/** A seed or a sandbox that is being read. */
interface Part {
  readonly name: string;
  readonly line: number;
  readonly rest: unknown;
  /** What it is written against; `undefined` where that is not there. */
  readonly base: Base | undefined;
  readonly found: Map<Declared, Found>;
  crc: number;
}

/** Lines that stand behind each other in what was read, with their ends. */
interface Run {
  readonly chunk: Buffer;
  readonly from: number;
  to: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Bytes of a document from which on records are kept as they are written until they are asked for. */
const LARGE = 1 << 24;

/**
 * A record as it is written. Of a million that are read at once, half of the time goes into collecting garbage between
 * them, and most of them nobody asks for.
 */
class WrittenRecord extends Unread<object> {
  readonly #declared: Declared;
  readonly #chunk: Buffer;
  readonly #from: number;
  readonly #to: number;

  constructor(declared: Declared, chunk: Buffer, from: number, to: number) {
    super();
    this.#declared = declared;
    this.#chunk = chunk;
    this.#from = from;
    this.#to = to;
  }

  protected make(): object {
    const written = JSON.parse(this.#chunk.toString('utf8', this.#from, this.#to)) as object;
    return toRecord(this.#declared, written);
  }
}

/** Takes the lines of a document one by one, and knows at the end what it holds. */
export class DocumentReader {
  head: DocumentHead | undefined;
  readonly sandboxes = new Map<string, Kept & { readonly snapshots: Map<string, Snapshot> }>();
  readonly seeds = new Map<string, Base>();
  readonly #file: string;
  readonly #catalog: Catalog;
  #level: Level = 'head';
  #section = '';
  #snapshots = 0;
  #part: Part | undefined;
  #provider = '';
  #declared: Declared | undefined;
  readonly #size: number;
  readonly #emulator: string;
  /** Whether what was written fits together without being looked at: it did for the same emulator. */
  #isTrusted = false;
  /** What is not in the checksum of the part yet: to take many lines at once costs a tenth of one by one. */
  #run: Run | undefined;

  /**
   * @param size bytes of the document
   * @param emulator the version of the one that reads
   */
  constructor(file: string, catalog: Catalog, size: number, emulator: string) {
    this.#file = file;
    this.#catalog = catalog;
    this.#size = size;
    this.#emulator = emulator;
  }

  /** @throws {Damage} */
  feed(line: Line): void {
    if (this.#level === 'head') {
      this.head = parseHead(this.#file, line);
      this.#isTrusted = this.#size >= LARGE && this.head.emulator === this.#emulator;
      this.#level = 'sections';
      return;
    }
    const part = this.#part;
    if (this.#level === 'collection' && line.chunk[line.from] === QUOTE) {
      this.#add(line);
      this.#read(line);
      return;
    }
    const text = line.bytes.toString();
    if (part && this.#level === 'records' && text.startsWith('},"checksum":"')) {
      this.#close(part, text, line);
      return;
    }
    if (part) this.#add(line);
    this.#step(text, line);
  }

  /** To the checksum of the part. */
  #add({ chunk, from, to }: Line): void {
    if (this.#run?.chunk === chunk && this.#run.to === from) this.#run.to = to + 1;
    else {
      this.#sum();
      this.#run = { chunk, from, to: to + 1 };
    }
  }

  #sum(): void {
    const { chunk, from, to } = this.#run ?? { from: 0, to: 0 };
    if (this.#part && chunk) this.#part.crc = crc32(chunk.subarray(from, to), this.#part.crc);
    this.#run = undefined;
  }

  /** @throws {Damage} where lines are missing at the end */
  finish(lines: number): void {
    if (this.#level !== 'end') throw this.#damage(lines, 'The file ends too soon: what stood behind this is lost.');
  }

  #step(text: string, line: Line): void {
    switch (this.#level) {
      case 'sections':
        if (text.startsWith('"end":')) this.#end(text, line);
        else this.#enter(this.#open(text, line), line);
        return;
      case 'parts':
        if (text === '},') this.#level = 'sections';
        else this.#openPart(text, line);
        return;
      case 'records':
        this.#provider = this.#open(text, line);
        this.#level = 'provider';
        return;
      case 'provider':
        if (text === '}' || text === '},') this.#level = 'records';
        else this.#openCollection(this.#open(text, line), line);
        return;
      case 'collection':
        if (text !== '}' && text !== '},') throw this.#unexpected(line);
        this.#level = 'provider';
        return;
      case 'head':
      case 'end':
        throw this.#unexpected(line);
    }
  }

  #enter(section: string, line: Line): void {
    const next = SECTIONS[SECTIONS.indexOf(this.#section) + 1];
    if (section !== next) throw this.#unexpected(line);
    this.#section = section;
    this.#level = 'parts';
  }

  #openPart(text: string, line: Line): void {
    const suffix = ',"records":{';
    const parsed = text.endsWith(suffix) ? findJson(`{${text.slice(0, -suffix.length)}}}`) : undefined;
    const [[name, rest] = []] = Object.entries((parsed ?? {}) as Record<string, unknown>);
    if (name === undefined || rest === undefined) throw this.#unexpected(line);
    this.#part = { name, line: line.number, rest, base: this.#findBase(rest), found: new Map(), crc: 0 };
    this.#add(line);
    this.#level = 'records';
  }

  /** @returns the name of what the lines from here on are of */
  #open(text: string, line: Line): string {
    const opened = /^("(?:[^"\\]|\\.)*"):\{$/.exec(text)?.[1];
    const name = opened === undefined ? undefined : findJson(opened);
    if (typeof name !== 'string') throw this.#unexpected(line);
    return name;
  }

  #openCollection(name: string, line: Line): void {
    this.#declared = this.#catalog.find(this.#provider, name);
    if (!this.#declared) throw this.#damage(line.number, `There is no collection ${this.#provider}/${name}.`);
    const isFull = this.#part?.base?.[this.#declared.place]?.records.size === 0;
    this.#part?.found.set(this.#declared, {
      keys: [],
      records: [],
      unread: isFull && this.#isTrusted ? [] : undefined,
    });
    this.#level = 'collection';
  }

  #read(line: Line): void {
    const { chunk, from, to } = line;
    const declared = this.#declared;
    const end = findKeyEnd(line);
    const last = chunk[to - 1] === COMMA ? to - 1 : to;
    const key = findKey(chunk, from, end);
    const found = declared && this.#part?.found.get(declared);
    if (key === undefined || chunk[end] !== COLON || !found) throw this.#unexpected(line);
    if (found.unread) {
      found.keys.push(key);
      found.unread.push(new WrittenRecord(declared, chunk, end + 1, last));
      return;
    }
    // Apart from the key: an object with a name of its own for its only property is slow to make.
    const written = findJson(chunk.toString('utf8', end + 1, last));
    if (typeof written !== 'object') throw this.#unexpected(line);
    found.keys.push(key);
    try {
      found.records.push(written === null ? undefined : readRecord(declared, key, written));
    } catch (error) {
      throw this.#damage(line.number, `This record cannot be read: ${toMessage(error)}`);
    }
  }

  #close(part: Part, text: string, line: Line): void {
    const [, checksum] = /^\},"checksum":"([0-9a-f]{8})"\},?$/.exec(text) ?? [];
    const whose = this.#describe(part);
    this.#sum();
    if (checksum !== toChecksum(part.crc)) {
      throw this.#damage(
        line.number,
        `The checksum of ${whose} (from line ${part.line}) does not fit: something in it is not as it was written.`,
      );
    }
    try {
      if (this.#section === 'seeds') this.#addSeed(part);
      else if (this.#section === 'sandboxes') this.#addSandbox(part);
      else this.#addSnapshot(part);
    } catch (error) {
      if (error instanceof Damage) throw error;
      throw this.#damage(line.number, `The state of ${whose} cannot be put together: ${toMessage(error)}`);
    }
    this.#part = undefined;
    this.#level = 'parts';
  }

  #addSeed(part: Part): void {
    // The checksum has told that it is as it was written.
    const { from } = part.rest as { readonly from: string | null };
    this.seeds.set(part.name, this.#toCollections(part, from));
  }

  #addSandbox(part: Part): void {
    this.sandboxes.set(part.name, { ...this.#toKept(part), snapshots: new Map() });
  }

  #addSnapshot(part: Part): void {
    const [sandbox, snapshot] = splitSnapshotName(part.name);
    const snapshots = this.sandboxes.get(sandbox)?.snapshots;
    if (!snapshots) throw new Error(`There is no sandbox "${sandbox}".`);
    const { at } = part.rest as { readonly at: string };
    snapshots.set(snapshot, { ...this.#toKept(part), at: parseInstant(at) });
    this.#snapshots += 1;
  }

  #toKept(part: Part): Omit<Kept, 'snapshots'> {
    // The checksum has told that it is as it was written.
    const rest = part.rest as WrittenRest;
    const roots = readRest(rest, this.#toCollections(part, rest.seed));
    return { roots, base: this.#baseOf(rest.seed), providers: rest.providers };
  }

  /** @param rest of a seed or of a sandbox, as it is written or not */
  #findBase(rest: unknown): Base | undefined {
    if (typeof rest !== 'object' || rest === null) return undefined;
    const { from, seed } = rest as { readonly from?: unknown; readonly seed?: unknown };
    const id = this.#section === 'seeds' ? from : seed;
    if (id === null) return this.#catalog.empty.collections;
    return typeof id === 'string' ? this.seeds.get(id) : undefined;
  }

  #baseOf(id: string | null): Base {
    const base = id === null ? this.#catalog.empty.collections : this.seeds.get(id);
    if (!base) throw new Error(`There is no seed ${id ?? ''}.`);
    return base;
  }

  #toCollections({ found }: Part, from: string | null): Base {
    const base = this.#baseOf(from);
    return this.#catalog.declared.map((declared, place) => {
      const trees = base[place];
      const changed = found.get(declared);
      if (!trees) throw new RangeError(`There is no collection ${place}.`);
      if (!changed) return trees;
      const { keys, records, unread } = changed;
      if (unread) return fillTreesLazily(declared, keys, unread);
      const isWhole = trees.records.size === 0 && records.every((record) => record !== undefined);
      if (isWhole) return fillTrees(declared, keys, records);
      return changeTrees(
        declared,
        trees,
        keys.map((key, at) => [key, records[at]] as const),
      );
    });
  }

  #end(text: string, line: Line): void {
    const counts: Counts = { seeds: this.seeds.size, sandboxes: this.sandboxes.size, snapshots: this.#snapshots };
    if (text !== `"end":${JSON.stringify(counts)}}` || !line.isEnded) {
      throw this.#damage(line.number, 'The end does not fit what was read: something is missing in front of it.');
    }
    this.#level = 'end';
  }

  #unexpected({ number }: Line): Damage {
    return this.#damage(number, 'This line is not as it was written.');
  }

  #damage(line: number, what: string): Damage {
    const part = this.#part;
    return new Damage(this.#file, line, part ? `${what} It belongs to ${this.#describe(part)}.` : what);
  }

  #describe({ name }: Part): string {
    return this.#section === 'seeds' ? `seed ${name}` : `${this.#section.slice(0, -1)} "${name}"`;
  }
}

/** Where a text in quotation marks ends with which a line begins. */
function findKeyEnd({ chunk, from, to }: Line): number {
  let quote = chunk.indexOf(QUOTE, from + 1);
  while (quote >= 0 && quote < to && isEscaped(chunk, quote)) quote = chunk.indexOf(QUOTE, quote + 1);
  return quote < 0 || quote >= to ? to : quote + 1;
}

/** Whether an odd number of backslashes stands in front. */
function isEscaped(chunk: Buffer, quote: number): boolean {
  let at = quote;
  while (chunk[at - 1] === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 1;
}

/** @param end behind the second quotation mark; `undefined` for what is no text */
function findKey(chunk: Buffer, from: number, end: number): string | undefined {
  const text = chunk.toString('utf8', from, end);
  // A slice of a text would keep all of it.
  const key = text.includes('\\') ? findJson(text) : chunk.toString('utf8', from + 1, end - 1);
  return typeof key === 'string' ? key : undefined;
}
