import { Low, type Adapter } from 'lowdb';

import { FORMAT, type Document } from './document.ts';

export type Database = Low<Document>;

/** Reads and writes the document as a value. */
export type DocumentAdapter = Adapter<Document>;

/** @param emulator the version of the emulator, for a document that does not exist yet */
export function createDatabase(adapter: DocumentAdapter, emulator: string): Database {
  return new Low(adapter, { format: FORMAT, emulator, lines: 0, providers: {}, entries: [] });
}
