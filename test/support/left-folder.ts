import { FakeDisk } from './fake-disk.ts';
import { createFolder } from './folder.ts';
import { Till } from './till.ts';

/** Of the default sandbox and of one that is called "other". */
export type Balances = readonly Readonly<Record<string, string>>[];

export function look(till: Till): Balances {
  return [till.balances(), till.balances('other')];
}

/** A folder as a process leaves it that is killed: a document with two seeds, and a log of all kinds of lines. */
export async function leaveFolder(): Promise<{ readonly disk: FakeDisk; readonly balances: Balances }> {
  const disk = new FakeDisk();
  const first = await Till.open({ folder: createFolder(), files: disk });
  await first.add('default', 'a', 1);
  first.get('other').import(first.get().roots, false);
  await first.add('other', 'b', 2);
  await first.close();
  const till = await Till.open({ folder: createFolder(), files: disk });
  await till.add('default', 'a', 10);
  await till.add('other', 'c', 20);
  till.get('default').reset();
  await till.add('default', 'd', 30);
  till.get('other').import(till.get().roots, false);
  await till.add('other', 'e', 40);
  return { disk, balances: look(till) };
}
