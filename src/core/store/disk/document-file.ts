import { monotonic } from '../../values/clock.ts';
import { Damage } from './damage.ts';
import type { DocumentAdapter } from './database.ts';
import {
  Checksums,
  describe,
  FORMAT,
  type Document,
  type DocumentEntry,
  type DocumentHead,
  type RecordEntry,
} from './document.ts';
import { findFile, type Files, type OpenFile } from './files.ts';
import { parseContent, readLines, type Line } from './lines.ts';
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

/** The text of a document, line by line. */
export function* renderDocument({ entries, ...head }: Document): IterableIterator<string> {
  const checksums = new Checksums();
  const render = (entry: object): string => `${checksums.render(entry, JSON.stringify(entry))},\n`;
  yield `[\n${render(head)}`;
  let count = 1;
  for (const entry of entries) {
    count += 1;
    if ('key' in entry) {
      const content = `${JSON.stringify(entry.key)},${JSON.stringify(entry.record)}`;
      yield `${checksums.render(entry, content)},\n`;
    } else yield render(entry);
  }
  yield `${checksums.render({}, JSON.stringify({ end: count }))}\n]\n`;
}

export interface DocumentReading {
  readonly onProgress?: (bytes: number) => void;
  /** Called for each damage; without it the first one is thrown. */
  readonly onDamage?: (damage: Damage) => void;
}

/** The head of a document whose first line is damaged. */
const UNKNOWN: DocumentHead = { format: FORMAT, emulator: '', lines: 0, providers: {} };

/** @param name of the file, for messages @throws {Damage} */
export async function readDocument(file: OpenFile, name: string, reading: DocumentReading = {}): Promise<Document> {
  const checksums = new Checksums();
  const entries: DocumentEntry[] = [];
  let head: DocumentHead | undefined;
  let end: number | undefined;
  let part: DocumentEntry | undefined;
  let [lastLine, count] = [1, 0];
  const damage = (what: string): void => {
    const damaged = new Damage(name, lastLine, what);
    if (!reading.onDamage) throw damaged;
    reading.onDamage(damaged);
  };
  const feed = (line: Line): void => {
    const content = end === undefined ? checksums.findContent(line) : undefined;
    if (content === undefined) {
      damage(`This line is not as it was written, so what it held is lost${part ? ` (${describe(part)})` : ''}.`);
      return;
    }
    const entry = content[0] === QUOTE ? toRecordEntry(content) : (JSON.parse(content.toString()) as HeadingEntry);
    checksums.pass(entry, line);
    if ('format' in entry) head = entry;
    else if ('end' in entry) ({ end } = entry);
    else {
      entries.push(entry);
      if (!('key' in entry) && !('collection' in entry)) part = entry;
    }
  };
  for await (const lines of readLines(file)) {
    for (const line of lines) {
      lastLine = line.number;
      // The brackets around all entries.
      if (line.number === 1 ? line.bytes.equals(OPEN) : end !== undefined && line.bytes.equals(CLOSE)) continue;
      count += 1;
      feed(line);
    }
    reading.onProgress?.(lines.at(-1)?.offset ?? 0);
  }
  if (end === undefined) damage('The file ends too soon: what came after this line is lost.');
  else if (end !== count - 1) damage('Lines before the end are missing, so what they held is lost.');
  return { ...(head ?? UNKNOWN), entries };
}

type HeadingEntry = DocumentHead | Exclude<DocumentEntry, RecordEntry> | { readonly end: number };

const [OPEN, CLOSE] = [Buffer.from('['), Buffer.from(']')];

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
