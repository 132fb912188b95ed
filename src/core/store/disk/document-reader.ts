import { crc32 } from 'node:zlib';

import { parseInstant } from '../../values/clock.ts';
import { toMessage } from '../../values/message.ts';
import { changeTrees, fillTrees, type Catalog, type Declared } from '../roots.ts';
import { Damage } from './damage.ts';
import { HEAD_START, splitSnapshotName, type Counts, type DocumentHead } from './document.ts';
import { readRecord, readRest, type Base, type Kept, type Snapshot, type WrittenRest } from './kept.ts';
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

/** A seed or a sandbox that is being read. */
interface Part {
  readonly name: string;
  readonly line: number;
  readonly rest: unknown;
  readonly found: Map<Declared, { readonly keys: string[]; readonly records: (object | undefined)[] }>;
  crc: number;
}

const NEWLINE = Buffer.from('\n');

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

  constructor(file: string, catalog: Catalog) {
    this.#file = file;
    this.#catalog = catalog;
  }

  /** @throws {Damage} */
  feed(line: Line): void {
    if (this.#level === 'head') {
      this.head = parseHead(this.#file, line);
      this.#level = 'sections';
      return;
    }
    const text = line.bytes.toString();
    const part = this.#part;
    if (part && this.#level === 'records' && text.startsWith('},"checksum":"')) {
      this.#close(part, text, line);
      return;
    }
    if (part) part.crc = crc32(NEWLINE, crc32(line.bytes, part.crc));
    this.#step(text, line);
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
        if (text === '}' || text === '},') this.#level = 'provider';
        else this.#read(text, line);
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
    const crc = crc32(NEWLINE, crc32(line.bytes));
    this.#part = { name, line: line.number, rest, found: new Map(), crc };
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
    this.#part?.found.set(this.#declared, { keys: [], records: [] });
    this.#level = 'collection';
  }

  #read(text: string, line: Line): void {
    // Apart from each other: an object with a name of its own for its only property is slow to make.
    const end = findKeyEnd(text);
    const key = findJson(text.slice(0, end));
    const written = findJson(text.slice(end + 1, text.endsWith(',') ? -1 : undefined));
    const declared = this.#declared;
    if (typeof key !== 'string' || typeof written !== 'object' || text[end] !== ':' || !declared) {
      throw this.#unexpected(line);
    }
    const found = this.#part?.found.get(declared);
    found?.keys.push(key);
    try {
      found?.records.push(written === null ? undefined : readRecord(declared, key, written));
    } catch (error) {
      throw this.#damage(line.number, `This record cannot be read: ${toMessage(error)}`);
    }
  }

  #close(part: Part, text: string, line: Line): void {
    const [, checksum] = /^\},"checksum":"([0-9a-f]{8})"\},?$/.exec(text) ?? [];
    const whose = this.#describe(part);
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
      const { keys, records } = changed;
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
function findKeyEnd(text: string): number {
  const quote = text.indexOf('"', 1);
  if (text[quote - 1] !== '\\') return quote + 1;
  return /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0].length ?? 0;
}
