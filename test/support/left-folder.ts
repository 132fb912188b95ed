import { FakeDisk } from './fake-disk.ts';
import { createFolder } from './folder.ts';
import { Till } from './till.ts';

/** Of the default sandbox and of one that is called "other". */
export type Balances = readonly Readonly<Record<string, string>>[];

export function look(till: Till): Balances {
  return [till.balances(), till.balances('other')];
}

export interface LeftFolder {
  readonly disk: FakeDisk;
  /** Of the first two sandboxes; left out for forks. */
  readonly balances?: Balances;
  readonly looked: ReturnType<Till['look']>;
}

/** A folder as a process leaves it that is killed: a document with two seeds, and a log of all kinds of lines. */
export async function leaveFolder(): Promise<LeftFolder> {
  const disk = new FakeDisk();
  const first = await Till.open({ folder: createFolder(), files: disk });
  await first.add('default', 'a', 1);
  first.get('other').import(first.get().roots, false);
  await first.add('other', 'b', 2);
  first.folder.writeAnew();
  await first.close();
  const till = await Till.open({ folder: createFolder(), files: disk });
  await till.add('default', 'a', 10);
  await till.add('other', 'c', 20);
  till.get('default').reset();
  await till.add('default', 'd', 30);
  till.get('other').import(till.get().roots, false);
  await till.add('other', 'e', 40);
  return { disk, balances: look(till), looked: till.look() };
}

/** The same with snapshots and forks: some in the document, and a log that goes back to them and deletes them. */
export async function leaveForks(): Promise<LeftFolder> {
  const disk = new FakeDisk();
  const first = await Till.open({ folder: createFolder(), files: disk });
  await first.add('default', 'a', 1);
  first.get().takeSnapshot('early');
  await first.add('default', 'b', 2);
  first.sandboxes.fork('copy', first.get(), undefined);
  await first.add('copy', 'c', 3);
  first.get('copy').takeSnapshot('mine');
  await first.add('copy', 'd', 4);
  first.folder.writeAnew();
  await first.close();
  const till = await Till.open({ folder: createFolder(), files: disk });
  await till.add('default', 'e', 5);
  till.get().takeSnapshot('late');
  till.get().restore('early');
  await till.add('default', 'f', 6);
  till.sandboxes.fork('other', till.get('copy'), 'mine');
  await till.add('other', 'g', 7);
  till.get('copy').dropSnapshot('mine');
  till.sandboxes.fork('gone', till.get(), 'late');
  await till.add('gone', 'h', 8);
  till.sandboxes.delete(till.get('gone'));
  await till.add('default', 'i', 9);
  return { disk, looked: till.look() };
}
