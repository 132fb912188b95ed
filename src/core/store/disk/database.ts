import { Low, Memory, type Adapter } from 'lowdb';

/** The JSON document of all sandboxes, by name. It has no prototype: a sandbox may be called "constructor". */
export interface Database<S> {
  readonly version: 1;
  readonly sandboxes: Record<string, S>;
}

/**
 * Opens the document that holds the sandboxes, which are living objects. In memory it is nothing else; an adapter that
 * has a file makes of them what `Kept` says.
 */
export async function openDatabase<S>(
  adapter: Adapter<Database<S>> = new Memory<Database<S>>(),
): Promise<Low<Database<S>>> {
  const sandboxes = Object.create(null) as Record<string, S>;
  const database = new Low<Database<S>>(adapter, { version: 1, sandboxes });
  await database.read();
  return database;
}
