import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';

import { toMessage } from '../../values/message.ts';
import { quote } from '../../values/quotation.ts';
import { BalanceBook } from '../balance-book.ts';
import { CORE } from '../due.ts';
import { changeTrees, fillTrees, isAscending, type Catalog, type Declared, type Trees } from '../roots.ts';
import { splitSnapshotName } from './document.ts';
import { readRecord, readRest, type Base, type Kept, type Snapshot, type WrittenRest } from './kept.ts';
import { findJson, toChecksum, type Line } from './lines.ts';
import type { Loss, Losses } from './losses.ts';
import { findRest, isObject, type Rest } from './rest-salvage.ts';
import { listUnusable } from './unusable.ts';

/** The lines of one collection that could be read. */
interface Found {
  readonly keys: string[];
  readonly records: (object | undefined)[];
  readonly lines: number[];
  /** Of records whose lines could not be read; what a seed has under these keys is not what the sandbox had. */
  readonly lost: string[];
}

interface Part {
  readonly name: string;
  readonly whose: string;
  readonly line: number;
  readonly rest: Rest;
  readonly found: Map<Declared, Found>;
  crc: number;
}

/** Lines of which nothing can be read because of the first of them. */
interface Gap {
  readonly line: number;
  readonly whose: string | undefined;
  readonly what: string;
  records: number;
}

/** Where in a part the next line is; the names in the lines are trusted more than this. */
type Level = 'records' | 'provider' | 'collection';

const NEWLINE = Buffer.from('\n');
const PART_END = ',"records":{';
const END = /^"end":\{"seeds":(\d{1,15}),"sandboxes":(\d{1,15}),"snapshots":(\d{1,15})\}\}$/;
const OPENING = /^("(?:[^"\\]|\\.)*"):\{$/;
const KEY = /^("(?:[^"\\]|\\.)*"):/;
const UNREADABLE = 'This line is not as it was written.';

export interface DocumentSalvageOptions {
  readonly file: string;
  readonly catalog: Catalog;
  readonly losses: Losses;
  /** Whether a sandbox can be called that. */
  readonly isSandboxName: (name: string) => boolean;
}

/**
 * Takes the lines of a document behind the first one, and knows at the end what of it could be read. Where a line that
 * says what the next ones are is damaged, it goes on at the next one that does.
 */
export class DocumentSalvage {
  readonly sandboxes = new Map<string, Kept & { readonly snapshots: Map<string, Snapshot> }>();
  readonly seeds = new Map<string, Base>();
  /** Of seeds that are not whole, or may be wrong. */
  readonly damagedSeeds = new Set<string>();
  readonly #options: DocumentSalvageOptions;
  readonly #book: BalanceBook;
  /** Sandboxes that may be wrong. */
  readonly #doubtful = new Set<string>();
  #part: Part | undefined;
  #gap: Gap | undefined;
  #level: Level = 'records';
  #provider = '';
  #declared: Declared | undefined;
  #parts = 0;
  #hasEnd = false;
  #last = 1;

  constructor(options: DocumentSalvageOptions) {
    this.#options = options;
    this.#book = new BalanceBook(options.catalog);
  }

  feed(line: Line): void {
    const text = line.bytes.toString();
    if (END.test(text)) this.#end(text, line);
    else if (text.startsWith('},"checksum":"')) this.#closePart(text, line);
    else if (text.endsWith(PART_END)) {
      this.#endPart(undefined, this.#last);
      this.#openPart(text, line);
    } else if (this.#isSection(text)) this.#endPart(undefined, this.#last);
    else if (this.#part) this.#readInside(this.#part, text, line);
    else if (this.#gap) this.#gap.records += Number(KEY.test(text) && !OPENING.test(text));
    else if (text !== '},') this.#lose({ line: line.number, what: UNREADABLE });
    this.#last = line.number;
  }

  finish(): void {
    this.#endPart(undefined, this.#last);
    if (this.#hasEnd) return;
    const what = 'The file does not end as it was written: what stood behind this line is lost.';
    this.#lose({ line: this.#last, what });
  }

  /** A provider may be called so, too; inside of a part, where it is known, it is that one. */
  #isSection(text: string): boolean {
    const [, name] = /^"(seeds|sandboxes|snapshots)":\{$/.exec(text) ?? [];
    return name !== undefined && !(this.#part && this.#options.catalog.of(name).length > 0);
  }

  #readInside(part: Part, text: string, line: Line): void {
    part.crc = crc32(NEWLINE, crc32(line.bytes, part.crc));
    const [, opened] = OPENING.exec(text) ?? [];
    const name = opened === undefined ? undefined : parseText(opened);
    if (name !== undefined) this.#open(part, name, line);
    else if (text === '}' || text === '},') {
      this.#endGap();
      this.#declared = undefined;
      this.#level = this.#level === 'collection' ? 'provider' : 'records';
    } else this.#readRecord(part, text, line);
  }

  /** A line that opens a provider or a collection: what it is says its name, for the line before it may be damaged. */
  #open(part: Part, name: string, line: Line): void {
    const { catalog } = this.#options;
    this.#endGap();
    const isProvider = catalog.of(name).length > 0;
    this.#declared = this.#level === 'records' && isProvider ? undefined : catalog.find(this.#provider, name);
    if (this.#declared) {
      if (!part.found.has(this.#declared))
        part.found.set(this.#declared, { keys: [], records: [], lines: [], lost: [] });
      this.#level = 'collection';
    } else if (isProvider) {
      this.#provider = name;
      this.#level = 'provider';
    } else if (this.#level === 'provider' && this.#provider !== '') {
      this.#beginGap(line, part, `There is no collection ${this.#provider}/${name}.`);
      this.#level = 'collection';
    } else {
      this.#beginGap(line, part, `There is no provider or collection ${quote(name)} here.`);
      this.#level = this.#level === 'records' ? 'provider' : 'collection';
      this.#provider = '';
    }
  }

  #readRecord(part: Part, text: string, line: Line): void {
    const declared = this.#declared;
    if (this.#gap) {
      this.#gap.records += 1;
      return;
    }
    if (!declared || isStructural(text)) {
      // It may have opened what the lines behind it belong to.
      this.#beginGap(line, part, UNREADABLE);
      if (this.#level === 'records') this.#provider = '';
      this.#level = this.#level === 'records' ? 'provider' : 'collection';
      this.#declared = undefined;
      return;
    }
    const found = part.found.get(declared);
    const [entry, ...more] = listEntries(text.replace(/,$/, ''));
    try {
      // What was written here is UTF-8, whatever a byte more or less makes of it.
      const isWhole = isUtf8(line.bytes) && more.length === 0;
      if (!isWhole || typeof entry?.[1] !== 'object') throw new Error(UNREADABLE);
      const [key, written] = entry;
      const record = written === null ? undefined : readRecord(declared, key, written);
      found?.keys.push(key);
      found?.records.push(record);
      found?.lines.push(line.number);
    } catch (error) {
      const keys = listKeys(declared, text, entry?.[1]);
      found?.lost.push(...keys);
      const which = keys.map((key) => ` ${quote(key)}`).join(' or');
      const why = toMessage(error);
      const what = `A record of ${declared.provider}/${declared.name}${which && `,${which},`} cannot be read: ${why}`;
      this.#lose({ line: line.number, whose: part.whose, what });
    }
  }

  #openPart(text: string, line: Line): void {
    const entries = listEntries(`${text.slice(0, -PART_END.length)}}`);
    const [[name, written] = []] = entries;
    const rest = entries.length === 1 ? findRest(written) : undefined;
    const kind = rest?.kind ?? 'sandbox';
    this.#parts += 1;
    this.#level = 'records';
    this.#provider = '';
    this.#declared = undefined;
    if (name === undefined || !rest || !this.#isName(kind, name)) {
      const [, quoted] = KEY.exec(text) ?? [];
      const whose = quoted === undefined ? undefined : parseText(quoted);
      const what =
        'This line, which says what a seed, a sandbox or a snapshot is beside its records, is not as it was written.';
      this.#gap = { line: line.number, whose: whose && `seed, sandbox or snapshot ${quote(whose)}`, what, records: 0 };
      return;
    }
    const whose = kind === 'seed' ? `seed ${name}` : `${kind} ${quote(name)}`;
    const crc = crc32(NEWLINE, crc32(line.bytes));
    this.#part = { name, whose, line: line.number, rest, found: new Map(), crc };
  }

  #isName(kind: Rest['kind'], name: string): boolean {
    if (kind === 'seed') return true;
    const names = kind === 'snapshot' ? splitSnapshotName(name) : [name];
    return names.every((one) => this.#options.isSandboxName(one));
  }

  #closePart(text: string, line: Line): void {
    const [, checksum = ''] = /^\},"checksum":"([0-9a-f]{8})"\},?$/.exec(text) ?? [];
    if (this.#part || this.#gap) this.#endPart(checksum, line.number);
    else this.#lose({ line: line.number, what: 'This line ends what has no first line.' });
  }

  /** @param checksum `undefined` where its last line is not there */
  #endPart(checksum: string | undefined, lastLine: number): void {
    this.#endGap(lastLine);
    const part = this.#part;
    if (!part) return;
    this.#part = undefined;
    const isRight = checksum === toChecksum(part.crc);
    if (!isRight) {
      const { whose, line } = part;
      const what =
        checksum === undefined
          ? 'Its end is not there. What of it could be read is kept: check it.'
          : 'Its checksum does not fit. What of it could be read is kept, and may be wrong: check it.';
      this.#options.losses.add({ kind: 'doubtful', file: this.#options.file, line, lastLine, whose, what });
      this.#dropUnusable(part);
    }
    if (part.rest.kind === 'seed') this.#keepSeed(part, part.rest.from, isRight);
    else if (part.rest.kind === 'sandbox') this.#keepSandbox(part, part.rest.rest, isRight);
    else this.#keepSnapshot(part, part.rest, isRight);
  }

  #keepSeed(part: Part, from: string | null, isRight: boolean): void {
    const { name } = part;
    if (this.#isTaken(part, this.seeds.has(name), this.damagedSeeds.has(name), isRight)) return;
    if (isRight) this.damagedSeeds.delete(name);
    else this.damagedSeeds.add(name);
    if (from !== null && !this.#isWhole(from)) this.damagedSeeds.add(name);
    this.seeds.set(name, this.#toCollections(part, this.#findBase(from)));
  }

  #keepSandbox(part: Part, rest: WrittenRest, isRight: boolean): void {
    const { name } = part;
    if (this.#isTaken(part, this.sandboxes.has(name), this.#doubtful.has(name), isRight)) return;
    if (isRight) this.#doubtful.delete(name);
    else this.#doubtful.add(name);
    this.sandboxes.set(name, { ...this.#toKept(part, rest, isRight), snapshots: new Map() });
  }

  #keepSnapshot(part: Part, { rest, at }: Extract<Rest, { kind: 'snapshot' }>, isRight: boolean): void {
    const [sandbox, name] = splitSnapshotName(part.name);
    const snapshots = this.sandboxes.get(sandbox)?.snapshots;
    if (!snapshots) {
      this.#lose({ line: part.line, whose: part.whose, what: 'The sandbox that it is of cannot be read.' });
      return;
    }
    if (this.#isTaken(part, snapshots.has(name), false, isRight)) return;
    snapshots.set(name, { ...this.#toKept(part, rest, isRight), at });
  }

  #toKept(part: Part, rest: WrittenRest, isRight: boolean): Omit<Kept, 'snapshots'> {
    const { file, losses } = this.#options;
    if (rest.seed !== null && !this.#isWhole(rest.seed)) {
      const what = this.seeds.has(rest.seed)
        ? `It rests on seed ${rest.seed}, which is not whole: what it had in common with that may be missing or wrong.`
        : `It rests on seed ${rest.seed}, which cannot be read: what it had in common with that is lost.`;
      losses.add({ kind: 'doubtful', file, line: part.line, whose: part.whose, what });
    }
    const base = this.#findBase(rest.seed);
    const roots = readRest(rest, this.#toCollections(part, base));
    const { declared } = this.#options.catalog;
    const known = new Set(declared.map(({ provider }) => provider));
    // One that has records was there, whatever is said here: it must not be taken for one that joins, and be seeded.
    const seen = isRight ? [] : declared.filter(({ place }) => (roots.collections[place]?.records.size ?? 0) > 0);
    const providers = [...rest.providers, ...seen.map(({ provider }) => provider)];
    const own = providers.filter((id) => id !== CORE && known.has(id));
    return { roots, base, providers: [...new Set(own)] };
  }

  /** Of two of one name, the one counts whose checksum fits. */
  #isTaken({ line, whose }: Part, isThere: boolean, isDoubtful: boolean, isRight: boolean): boolean {
    if (!isThere) return false;
    const what = 'There are two of this name: one of them is lost.';
    this.#lose({ line, whose, what });
    return !(isDoubtful && isRight);
  }

  #isWhole(seed: string): boolean {
    return this.seeds.has(seed) && !this.damagedSeeds.has(seed);
  }

  #findBase(seed: string | null): Base {
    const base = seed === null ? undefined : this.seeds.get(seed);
    return base ?? this.#options.catalog.empty.collections;
  }

  /** What no start could take, and what no operation could. */
  #dropUnusable({ found, rest, whose }: Part): void {
    const base = this.#findBase(rest.kind === 'seed' ? rest.from : rest.rest.seed);
    for (const [declared, { keys, records, lines }] of found) {
      for (const [at, why] of listUnusable(declared, records, base[declared.place], this.#book)) {
        records[at] = undefined;
        const what = `A record of ${declared.provider}/${declared.name}, ${quote(keys[at] ?? '')}, cannot be used: ${why}`;
        this.#lose({ line: lines[at] ?? 0, whose, what });
      }
    }
  }

  #toCollections(part: Part, base: Base): Base {
    return this.#options.catalog.declared.map((declared, place) => {
      const trees = base[place];
      const found = part.found.get(declared);
      if (!trees) throw new RangeError(`There is no collection ${place}.`);
      return found ? this.#toTrees(declared, trees, found, part) : trees;
    });
  }

  #toTrees(declared: Declared, base: Trees, { keys, records, lines, lost }: Found, { whose }: Part): Trees {
    const isFull = base.records.size === 0 && lost.length === 0 && records.every((record) => record !== undefined);
    const own = new Set(lost.length > 0 ? keys : []);
    const gone = lost.filter((key) => !own.has(key)).map((key) => [key, undefined] as const);
    try {
      if (isFull && isAscending(keys)) return fillTrees(declared, keys, records);
      return changeTrees(declared, base, [...gone, ...keys.map((key, at) => [key, records[at]] as const)]);
    } catch {
      // One by one, so that only what does not fit is left out.
    }
    const out = keys.map((key) => [key, undefined] as const);
    let trees = changeTrees(declared, base, [...gone, ...out]);
    for (const [at, key] of keys.entries()) {
      try {
        trees = changeTrees(declared, trees, [[key, records[at]]]);
      } catch (error) {
        this.#lose({ line: lines[at] ?? 0, whose, what: `This record does not fit the others: ${toMessage(error)}` });
      }
    }
    return trees;
  }

  #end(text: string, { number, isEnded }: Line): void {
    this.#endPart(undefined, this.#last);
    this.#hasEnd = isEnded;
    const told = (END.exec(text) ?? []).slice(1).reduce((sum, count) => sum + Number(count), 0);
    if (told === this.#parts) return;
    const what = `There were ${told} seeds, sandboxes and snapshots, and the first lines of ${this.#parts} are there.`;
    this.#lose({ line: number, what });
  }

  #beginGap({ number }: Line, { whose }: Part, what: string): void {
    this.#endGap();
    this.#gap = { line: number, whose, what, records: 0 };
  }

  #endGap(lastLine = this.#last): void {
    const gap = this.#gap;
    if (!gap) return;
    this.#gap = undefined;
    const { records, ...loss } = gap;
    if (records === 0) this.#lose(loss);
    else this.#lose({ ...loss, lastLine, what: `${gap.what} With it are lost the records that it opens: ${records}.` });
  }

  #lose(loss: Partial<Loss> & Pick<Loss, 'line' | 'what'>): void {
    this.#options.losses.add({ kind: 'lost', file: this.#options.file, whose: undefined, ...loss });
  }
}

/** A line that is no record, and no whole other one, looks like one that closed or opened something. */
function isStructural(text: string): boolean {
  return text.startsWith('}') || text.endsWith('{') || text.length < 3;
}

/** The keys under which a record may have been, as far as they can be read. */
function listKeys({ definition, isForeign }: Declared, text: string, written: unknown): string[] {
  const keys = new Set<string>();
  const [, quoted] = KEY.exec(text) ?? [];
  const key = quoted === undefined ? undefined : parseText(quoted);
  if (key !== undefined) keys.add(key);
  try {
    if (!isForeign && typeof written === 'object' && written !== null) {
      const own: unknown = definition.key(definition.stored?.read(written) ?? written);
      if (typeof own === 'string') keys.add(own);
    }
  } catch {
    // It has none then.
  }
  return [...keys];
}

function parseText(quoted: string): string | undefined {
  const text = findJson(quoted);
  return typeof text === 'string' ? text : undefined;
}

function listEntries(members: string): readonly (readonly [string, unknown])[] {
  const parsed = findJson(`{${members}}`);
  return isObject(parsed) ? Object.entries(parsed) : [];
}
