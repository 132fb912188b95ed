import { monotonic } from '../../values/clock.ts';
import { Damage } from './damage.ts';
import type { DocumentAdapter } from './database.ts';
import { FORMAT, type Document, type DocumentEntry, type DocumentHead, type RecordEntry } from './document.ts';
import { findFile, type Files, type OpenFile } from './files.ts';
import { findContent, parseContent, readLines, renderLine, START, toChecksum, type Line } from './lines.ts';
import type { Paths } from './paths.ts';

/** Milliseconds for which a document is put together before other work has its turn. */
const SLICE = 2;
/** Lines after which the time is looked at. */
const LOOK = 64;
/** Characters that are written at once. */
const CHUNK = 1 << 18;
const QUOTE = 0x22;

export interface DocumentFileOptions {
  readonly files: Files;
  readonly paths: Paths;
  /** Whether the file has to survive a power cut. */
  readonly isSynced: boolean;
  /** Called with the bytes read so far. */
  readonly onProgress: (bytes: number) => void;
  /** Throws if the document that is being written is not wanted any more. */
  readonly assertWanted: () => void;
  /** Throws if the folder belongs to another process. */
  readonly assertOwned: () => Promise<void>;
}

/**
 * `emulator.json`: lowdb's document as a JSON array with one entry a line. It is streamed in both directions, so that a
 * million records neither make one text nor stop other work.
 */
export class DocumentFile implements DocumentAdapter {
  readonly #options: DocumentFileOptions;

  constructor(options: DocumentFileOptions) {
    this.#options = options;
  }

  /** @throws {Damage} */
  async read(): Promise<Document | null> {
    const { files, paths, onProgress } = this.#options;
    const file = await findFile(files, paths.document, 'read');
    if (!file) return null;
    try {
      return await readDocument(file, paths.document, { onProgress });
    } finally {
      await file.close();
    }
  }

  /** Writes a new file and renames it, so that one of the two is there at any moment. */
  async write(document: Document): Promise<void> {
    const { files, paths, isSynced, assertOwned } = this.#options;
    const file = await files.open(paths.newDocument, 'create');
    try {
      await this.#writeLines(renderDocument(document), file);
      if (isSynced) await file.sync();
      await file.close();
      await assertOwned();
      await files.rename(paths.newDocument, paths.document);
    } catch (error) {
      await file.close();
      await files.remove(paths.newDocument).catch(() => undefined);
      throw error;
    }
    if (isSynced) await files.syncFolder(paths.folder);
  }

  async #writeLines(lines: Iterable<string>, file: OpenFile): Promise<void> {
    let offset = 0;
    let count = 0;
    let text = '';
    let began = monotonic();
    const write = async (): Promise<void> => {
      this.#options.assertWanted();
      const bytes = Buffer.from(text);
      text = '';
      await file.write(bytes, offset);
      offset += bytes.length;
      began = monotonic();
    };
    for (const line of lines) {
      text += line;
      count += 1;
      if (text.length >= CHUNK || (count % LOOK === 0 && monotonic() - began >= SLICE)) await write();
    }
    await write();
  }
}

/**
 * The text of a document, line by line. The checksum of a record continues that of its collection, and that one the
 * checksum of its seed, sandbox or snapshot: if one of these lines is damaged, the lines that belong to it do not fit.
 */
export function* renderDocument({ entries, ...head }: Document): IterableIterator<string> {
  yield `[\n${renderLine(JSON.stringify(head))},\n`;
  let part = 0;
  let collection = 0;
  let count = 1;
  for (const entry of entries) {
    count += 1;
    if ('key' in entry) {
      yield `${renderLine(`${JSON.stringify(entry.key)},${JSON.stringify(entry.record)}`, collection)},\n`;
      continue;
    }
    const line = renderLine(JSON.stringify(entry), 'provider' in entry ? part : 0);
    collection = toChecksum(line);
    if (!('provider' in entry)) part = collection;
    yield `${line},\n`;
  }
  yield `${renderLine(JSON.stringify({ end: count }))}\n]\n`;
}

export interface DocumentReading {
  readonly onProgress?: (bytes: number) => void;
  /** Called for each damage; without it the first one is thrown. */
  readonly onDamage?: (damage: Damage) => void;
}

/** @param name of the file, for messages @throws {Damage} */
export async function readDocument(file: OpenFile, name: string, reading: DocumentReading = {}): Promise<Document> {
  const reader = new DocumentReader(name, reading.onDamage);
  for await (const lines of readLines(file)) {
    for (const line of lines) reader.feed(line);
    reading.onProgress?.(lines.at(-1)?.offset ?? 0);
  }
  return reader.finish();
}

/** The head of a document whose first line is damaged. */
const UNKNOWN: DocumentHead = { format: FORMAT, emulator: '', lines: 0, providers: {} };

class DocumentReader {
  readonly #entries: DocumentEntry[] = [];
  readonly #file: string;
  readonly #onDamage: (damage: Damage) => void;
  #head: DocumentHead | undefined;
  #part = 0;
  #collection = 0;
  #end: number | undefined;
  #line = 0;
  /** The number of entries, with the head and the end. */
  #count = 0;

  constructor(file: string, onDamage: ((damage: Damage) => void) | undefined) {
    this.#file = file;
    this.#onDamage =
      onDamage ??
      ((damage) => {
        throw damage;
      });
  }

  feed(line: Line): void {
    this.#line = line.number;
    const { bytes } = line;
    if (line.number === 1 ? bytes.equals(FIRST) : this.#end !== undefined && bytes.equals(LAST)) return;
    this.#count += 1;
    const isRecord = bytes[START] === QUOTE;
    const content = findContent(line, isRecord ? this.#collection : 0) ?? findContent(line, this.#part);
    if (content === undefined || this.#end !== undefined)
      this.#damage(`This line is not as it was written, so what it held is lost${this.#place}.`);
    else if (isRecord) this.#entries.push(toRecordEntry(content));
    else this.#open(JSON.parse(content.toString()) as DocumentHead | DocumentEntry | End, bytes);
  }

  finish(): Document {
    if (this.#end === undefined) this.#damage('The file ends too soon: what came after this line is lost.');
    else if (this.#end !== this.#count - 1) this.#damage('Lines before the end are missing: what they held is lost.');
    return { ...(this.#head ?? UNKNOWN), entries: this.#entries };
  }

  /** What a damaged line is likely to belong to. */
  get #place(): string {
    const last = this.#entries.findLast((entry) => !('key' in entry) && !('provider' in entry));
    if (last === undefined) return '';
    if ('from' in last) return `; the lines before it are of seed ${last.seed}`;
    if ('of' in last) return `; the lines before it are of snapshot "${last.snapshot}" of sandbox "${last.of}"`;
    return 'sandbox' in last ? `; the lines before it are of sandbox "${last.sandbox}"` : '';
  }

  #open(entry: DocumentHead | DocumentEntry | End, bytes: Buffer): void {
    if ('format' in entry) this.#head = entry;
    else if ('end' in entry) this.#end = entry.end;
    else {
      this.#entries.push(entry);
      this.#collection = toChecksum(bytes.toString('latin1', 0, START));
      if (!('provider' in entry)) this.#part = this.#collection;
    }
  }

  #damage(what: string): void {
    this.#onDamage(new Damage(this.#file, Math.max(this.#line, 1), what));
  }
}

interface End {
  readonly end: number;
}

const [FIRST, LAST] = [Buffer.from('['), Buffer.from(']')];

/** A record that is parsed when it is used. Of a million, most are not, and to parse all takes a second and a half. */
class UnparsedRecord implements RecordEntry {
  readonly key: string;
  readonly #content: Buffer;
  readonly #from: number;

  constructor(key: string, content: Buffer, from: number) {
    this.key = key;
    this.#content = content;
    this.#from = from;
  }

  get record(): object | null {
    return JSON.parse(this.#content.toString('utf8', this.#from)) as object | null;
  }
}

function toRecordEntry(content: Buffer): RecordEntry {
  const end = content.indexOf(QUOTE, 1);
  const key = content.toString('utf8', 1, end);
  if (!key.includes('\\')) return new UnparsedRecord(key, content, end + 2);
  const [escaped, record] = parseContent(content) as readonly [string, object | null];
  return { key: escaped, record };
}
