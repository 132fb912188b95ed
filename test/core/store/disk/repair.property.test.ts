import { describe, expect, it } from 'vitest';

import { repairFolder, type Repair } from '../../../../src/core/store/disk/repair.ts';
import { coreCollections } from '../../../../src/core/sandbox/core-collections.ts';
import { CORE } from '../../../../src/core/store/due.ts';
import { renderLine } from '../../../../src/core/store/disk/lines.ts';
import { silent } from '../../../../src/core/values/logger.ts';
import { Chance } from '../../../../src/core/values/random.ts';
import { FakeDisk } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { leaveFolder, leaveForks, look, type Balances } from '../../../support/left-folder.ts';
import { propertyRuns } from '../../../support/property.ts';
import { till, Till } from '../../../support/till.ts';

interface Repaired extends Repair {
  /** What an emulator has that starts on the new folder. */
  readonly balances: Balances;
  readonly looked: ReturnType<Till['look']>;
  readonly into: FakeDisk;
}

async function repair(disk: FakeDisk): Promise<Repaired> {
  const owners = [{ id: CORE, collections: coreCollections }, till];
  const into = new FakeDisk();
  const repaired = await repairFolder({
    folder: createFolder(),
    files: disk,
    owners,
    into: {
      folder: createFolder(),
      files: into,
      durability: 'fsync',
      emulator: '1.2.3',
      providers: new Map(
        owners.map(({ id, collections }) => [id, { version: 1, collections: Object.keys(collections) }]),
      ),
      logger: silent,
    },
  });
  const opened = await Till.open({ folder: createFolder(), files: into });
  const looked = opened.look();
  const balances = look(opened);
  await opened.close();
  return { ...repaired, balances, looked, into };
}

/** The lines that are lost, as file:line or file:line-line. */
function toPlaces({ losses }: Repair): readonly string[] {
  return losses.map(({ file, line, lastLine }) => {
    return `${/[^/\\]+$/.exec(file)?.[0] ?? ''}:${line === lastLine ? String(line) : `${line}-${lastLine}`}`;
  });
}

function linesOf(disk: FakeDisk, name: string): string[] {
  return disk.read(name).toString().split('\n');
}

function edit(disk: FakeDisk, name: string, change: (lines: readonly string[]) => readonly string[]): void {
  disk.write(name, Buffer.from(change(linesOf(disk, name)).join('\n')));
}

const SEEDED = { 'seeded-0': '100', 'seeded-1': '100', 'seeded-2': '100' };
/** What the two sandboxes of `leaveFolder` are after its reset and its import. */
const RESET = { ...SEEDED, d: '30' };
const IMPORTED = { ...SEEDED, d: '30', e: '40' };
/** What they are in its document. */
const STORED = [
  { ...SEEDED, a: '1' },
  { ...SEEDED, a: '1', b: '2' },
];

interface Flipped {
  readonly disk: FakeDisk;
  readonly name: string;
  readonly line: number;
  readonly place: string;
}

/** A copy of the disk with another byte in one of its files. */
function flip(disk: FakeDisk, run: number): Flipped {
  const chance = new Chance(7, 'repairs', run);
  const copy = disk.afterPowerCut('all');
  const name = run % 2 === 0 ? 'emulator.json' : 'emulator.log';
  const bytes = Buffer.from(copy.read(name));
  const at = chance.word(1) % bytes.length;
  const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (chance.word(2) % 255 || 1), at);
  copy.write(name, bytes);
  return { disk: copy, name, line, place: `${name} byte ${at} in line ${line}` };
}

/** Whether a loss names the line that was changed, or the next one if the line break was. */
function isTold({ losses }: Repair, { name, line }: Flipped): boolean {
  return losses.some((loss) => loss.file.endsWith(name) && loss.line <= line + 1 && line <= loss.lastLine);
}

/** The accounts with another balance that no lost line and no sentence about a loss explains. */
function listUnexplained({ losses, balances }: Repaired, expected: Balances, disk: FakeDisk): readonly string[] {
  const said = losses
    .map(({ file, line, lastLine, what }) => {
      const lines = linesOf(disk, /[^/\\]+$/.exec(file)?.[0] ?? '').slice(line - 1, lastLine + 1);
      return `${what}\n${lines.join('\n')}`;
    })
    .join('\n');
  return ['default', 'other'].flatMap((sandbox, at) => {
    if (said.includes(`"sandbox":"${sandbox}"`) || new RegExp(`andbox "${sandbox}" cannot`).test(said)) return [];
    const [before = {}, after = {}] = [expected[at], balances[at]];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((id) => before[id] !== after[id] && !said.includes(`"${id}"`))
      .map((id) => `${sandbox} ${id}: ${String(after[id])} instead of ${String(before[id])}`);
  });
}

describe('the repair of a data folder', () => {
  it.each([
    ['every kind of commit', leaveFolder],
    ['snapshots and forks', leaveForks],
  ])('keeps all of an intact one with %s, and says which line of a damaged one is lost', async (_, leave) => {
    const { disk, looked, balances } = await leave();
    expect(await repair(disk)).toMatchObject({ losses: [], more: 0, looked });
    const wrong: string[] = [];
    const runs = propertyRuns(40);
    for (let run = 0; run < runs; run += 1) {
      const flipped = flip(disk, run);
      try {
        const repaired = await repair(flipped.disk);
        const told = `told ${toPlaces(repaired).join(', ')}`;
        const isSame = JSON.stringify(repaired.looked) === JSON.stringify(looked);
        if (repaired.losses.length === 0 ? !isSame : !isTold(repaired, flipped))
          wrong.push(`${flipped.place}: ${told}`);
        const unexplained = balances ? listUnexplained(repaired, balances, disk) : [];
        if (unexplained.length > 0) wrong.push(`${flipped.place}: ${unexplained.join(', ')} (${told})`);
      } catch (error) {
        wrong.push(`${flipped.place}: ${String(error)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('loses what a damaged line of the log did, and applies all later ones', async () => {
    const disk = new FakeDisk();
    const written = await Till.open({ folder: createFolder(), files: disk });
    await written.add('default', 'a', 1);
    await written.add('default', 'b', 2);
    await written.add('default', 'a', 3);
    const made = linesOf(disk, 'emulator.log').findIndex((line) => line.includes('"name of b"'));
    edit(disk, 'emulator.log', (lines) =>
      lines.map((line, at) => (at === made ? line.replace('"name of b"', '"name of q"') : line)),
    );
    const repaired = await repair(disk);
    const what = 'This line is not as it was written, so its changes are lost.';
    expect(repaired.losses).toEqual([
      { file: expect.stringContaining('emulator.log') as string, line: made + 1, lastLine: made + 1, what },
    ]);
    expect(repaired.balances).toEqual([{ ...SEEDED, a: '4' }, SEEDED]);
  });

  it.each<[string, (disk: FakeDisk) => Promise<void> | void, readonly string[], Balances]>([
    [
      'without a document what the log has from its beginning',
      (disk) => disk.remove('emulator.json'),
      ['emulator.json:1', 'emulator.log:4', 'emulator.log:5'],
      [RESET, IMPORTED],
    ],
    ['without a log what the document holds', (disk) => disk.remove('emulator.log'), ['emulator.log:1'], STORED],
    [
      'of a document that was cut off the sandboxes before that',
      (disk) => {
        edit(disk, 'emulator.json', (lines) =>
          lines.slice(
            0,
            lines.findIndex((line) => line.includes('"sandbox":"other"')),
          ),
        );
      },
      ['emulator.json:LAST', 'emulator.log:5'],
      [RESET, IMPORTED],
    ],
    [
      'of a log without its first lines all that fits',
      (disk) => {
        edit(disk, 'emulator.log', ([, , , ...lines]) => lines);
      },
      ['emulator.log:1'],
      [RESET, IMPORTED],
    ],
    [
      'of a document without its head all records of installed providers',
      (disk) => {
        edit(disk, 'emulator.json', ([first = '', , ...lines]) => [first, 'head', ...lines]);
      },
      ['emulator.json:2'],
      [RESET, IMPORTED],
    ],
  ])('keeps %s', async (_, damage, places, balances) => {
    const { disk } = await leaveFolder();
    const last = linesOf(disk, 'emulator.json').findIndex((line) => line.includes('"sandbox":"other"'));
    await damage(disk);
    const repaired = await repair(disk);
    expect(toPlaces(repaired)).toEqual(places.map((place) => place.replace('LAST', String(last))));
    expect(repaired.balances).toEqual(balances);
  });

  it('lists a thousand losses, and counts the rest', async () => {
    const { disk } = await leaveFolder();
    const lines = Array.from({ length: 5000 }, (_, at) => `${renderLine(`${at * 2},0,{"mended":true}`)}\n`);
    disk.write('emulator.log', Buffer.from(lines.join('')));
    const { losses, more, balances } = await repair(disk);
    expect([losses.length, more]).toEqual([1000, 4000]);
    expect(balances).toEqual(STORED);
  });

  it('refuses a later format, and a folder without data', async () => {
    const { disk } = await leaveFolder();
    edit(disk, 'emulator.json', ([first = '', head = '', ...lines]) => {
      return [first, `${renderLine(head.slice(12, -2).replace('"format":1', '"format":2'))},`, ...lines];
    });
    await expect(repair(disk)).rejects.toThrow('was written by emulator 1.2.3 in a later format. Use that version.');
    await expect(repair(new FakeDisk())).rejects.toThrow('has neither emulator.json nor emulator.log.');
  });
});
