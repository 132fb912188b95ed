import { Low, Memory, type Adapter } from 'lowdb';

/** The JSON document of all sandboxes, by name. It has no prototype: a sandbox may be called "constructor". */
export interface Database<S> {
  readonly version: 1;
  readonly sandboxes: Record<string, S>;
}

/**
 * Opens the document that holds the sandboxes. In memory it holds the living objects; an
 * adapter that writes files gets them as whatever their `toJSON` makes of them.
 */
export async function openPersistence<S>(
  adapter: Adapter<Database<S>> = new Memory<Database<S>>(),
): Promise<Low<Database<S>>> {
  const sandboxes = Object.create(null) as Record<string, S>;
  const database = new Low<Database<S>>(adapter, { version: 1, sandboxes });
  await database.read();
  return database;
}
