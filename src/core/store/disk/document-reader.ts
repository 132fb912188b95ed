import { crc32 } from 'node:zlib';

import { toMessage } from '../../values/message.ts';
import { changeTrees, fillTrees, type Catalog, type Declared } from '../roots.ts';
import { Damage } from './damage.ts';
import { HEAD_START, type DocumentHead } from './document.ts';
import { readRecord, readRest, type Base, type Kept, type WrittenRest } from './kept.ts';
import { toChecksum, type Line } from './lines.ts';

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
  readonly sandboxes = new Map<string, Kept>();
  readonly seeds = new Map<string, Base>();
  readonly #file: string;
  readonly #catalog: Catalog;
  #level: Level = 'head';
  #section = '';
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
    const opened = /^("(?:[^"\\]|\\.)*"):\{$/.exec(text)?.[1];
    switch (this.#level) {
      case 'sections':
        if (text === '"seeds":{' || text === '"sandboxes":{') this.#enter(text.slice(1, -3), line);
        else if (text.startsWith('"end":')) this.#end(text, line);
        else throw this.#unexpected(line);
        return;
      case 'parts':
        if (text === '},') this.#level = 'sections';
        else this.#openPart(text, line);
        return;
      case 'records':
        if (opened === undefined) throw this.#unexpected(line);
        this.#provider = parseText(opened);
        this.#level = 'provider';
        return;
      case 'provider':
        if (text === '}' || text === '},') this.#level = 'records';
        else this.#openCollection(opened, line);
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
    if (section === this.#section || (section === 'seeds' && this.#section !== '')) throw this.#unexpected(line);
    this.#section = section;
    this.#level = 'parts';
  }

  #openPart(text: string, line: Line): void {
    const suffix = ',"records":{';
    const parsed = text.endsWith(suffix) ? tryParse(`{${text.slice(0, -suffix.length)}}}`) : undefined;
    const [[name, rest] = []] = Object.entries(parsed ?? {});
    if (name === undefined || rest === undefined) throw this.#unexpected(line);
    const crc = crc32(NEWLINE, crc32(line.bytes));
    this.#part = { name, line: line.number, rest, found: new Map(), crc };
    this.#level = 'records';
  }

  #openCollection(opened: string | undefined, line: Line): void {
    if (opened === undefined) throw this.#unexpected(line);
    const name = parseText(opened);
    this.#declared = this.#catalog.find(this.#provider, name);
    if (!this.#declared) throw this.#damage(line.number, `There is no collection ${this.#provider}/${name}.`);
    this.#part?.found.set(this.#declared, { keys: [], records: [] });
    this.#level = 'collection';
  }

  #read(text: string, line: Line): void {
    const parsed = tryParse(`{${text.endsWith(',') ? text.slice(0, -1) : text}}`);
    const declared = this.#declared;
    if (!parsed || !declared) throw this.#unexpected(line);
    for (const [key, written] of Object.entries(parsed)) {
      const found = this.#part?.found.get(declared);
      found?.keys.push(key);
      try {
        found?.records.push(written === null ? undefined : readRecord(declared, key, written as object));
      } catch (error) {
        throw this.#damage(line.number, `This record cannot be read: ${toMessage(error)}`);
      }
    }
  }

  #close(part: Part, text: string, line: Line): void {
    const [, checksum] = /^\},"checksum":"([0-9a-f]{8})"\},?$/.exec(text) ?? [];
    const whose = this.#section === 'seeds' ? `seed ${part.name}` : `sandbox "${part.name}"`;
    if (checksum !== toChecksum(part.crc)) {
      throw this.#damage(
        line.number,
        `The checksum of ${whose} (from line ${part.line}) does not fit: something in it is not as it was written.`,
      );
    }
    try {
      if (this.#section === 'seeds') this.#addSeed(part);
      else this.#addSandbox(part);
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
    const rest = part.rest as WrittenRest;
    const roots = readRest(rest, this.#toCollections(part, rest.seed));
    this.sandboxes.set(part.name, { roots, base: this.#baseOf(rest.seed), providers: rest.providers });
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
    const counts = { seeds: this.seeds.size, sandboxes: this.sandboxes.size };
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
    const whose = part && (this.#section === 'seeds' ? `seed ${part.name}` : `sandbox "${part.name}"`);
    return new Damage(this.#file, line, whose === undefined ? what : `${what} It belongs to ${whose}.`);
  }
}

function parseText(quoted: string): string {
  return JSON.parse(quoted) as string;
}

function tryParse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
