/**
 * Writes a folder as this version of the emulator leaves it when it is killed, with every kind of line that there is:
 *
 *     node --import tsx test/core/store/disk/folders/write.ts 2
 *
 * Run once for each format, when it is new; see old-formats.test.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { toLater } from '../../../../../src/core/values/clock.ts';
import { FakeDisk } from '../../../../support/fake-disk.ts';
import { Till, till } from '../../../../support/till.ts';

const disk = new FakeDisk();
const at = (name: string): string => join(tmpdir(), `credits-emulator-format-${process.pid}-${name}`);

// What the document holds: three sandboxes with a seed each.
const first = await Till.open({ folder: at('first'), files: disk });
await first.add('default', 'a', 1);
await first.close();
const second = await Till.open({ folder: at('second'), files: disk, seeded: 4 });
await second.add('other', 'b', 2);
await second.change('other', (accounts) => {
  accounts.delete('seeded-1');
});
// What it begins with is most of what the default one began with.
second.get('alike').import(second.get().roots, false);
await second.add('alike', 'g', 60);
second.get('alike').takeSnapshot('early');
await second.add('alike', 'g', 5);
await second.close();

// What the log holds.
const third = await Till.open({ folder: at('third'), files: disk, seeded: 5 });
await third.add('default', 'a', 10);
await third.add('made', 'c', 20);
await third.add('gone', 'd', 30);
const made = third.get('made');
made.transaction(till, { kind: 'request', provider: 'till', operation: 'later' }, ({ now, schedule }) => {
  schedule(toLater(now, 60_000), 'double', { id: 'c' });
});
made.time.moveTo(toLater(made.clock.now(), 3_600_000));
third.get('other').reset();
await third.add('other', 'e', 40);
for (let request = 0; request < 600; request += 1) third.get().nextRequestId();
disk.onPoint = () => {
  throw new Error('No space left.');
};
await third.add('default', 'lost', 1);
disk.onPoint = () => undefined;
// It is tried again after a second, though nobody writes.
await setTimeout(1500);
third.folder.count('default', { requests: 700 });
await third.get('made').persistence.pending;
third.get('other').import(third.get().roots, false);
await third.add('other', 'f', 50);

third.get('other').takeSnapshot('kept');
third.get('other').takeSnapshot('dropped');
third.get('other').dropSnapshot('dropped');
await third.add('other', 'h', 70);
await third.sandboxes.fork('forked', third.get('other'), 'kept').persistence.pending;
third.get('alike').restore('early');
third.sandboxes.delete(third.get('gone'));
await third.add('forked', 'i', 80);

const folder = new URL(`${process.argv[2] ?? ''}/`, import.meta.url);
mkdirSync(folder);
for (const name of ['emulator.json', 'emulator.log']) writeFileSync(new URL(name, folder), disk.read(name));
const kept = ['default', 'alike', 'made', 'other', 'forked'].map((name) => [name, third.balances(name)]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(kept))}\n`);
process.exit(0);
