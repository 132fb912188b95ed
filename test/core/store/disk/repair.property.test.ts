import { crc32 } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { repairFolder, type Repair } from '../../../../src/core/store/disk/repair.ts';
import { coreCollections } from '../../../../src/core/sandbox/core-collections.ts';
import { isSandboxName } from '../../../../src/core/sandbox/sandboxes.ts';
import { CORE } from '../../../../src/core/store/due.ts';
import { toAmount } from '../../../../src/core/values/decimal.ts';
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
    isSandboxName,
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

/** A line that is damaged. */
interface Damaged {
  readonly name: string;
  readonly isMeant: (line: string) => boolean;
  readonly edit: readonly [right: string, wrong: string];
}

/** As file:line kind whose. */
function toPlaces({ losses }: Repair): readonly string[] {
  return losses.map(({ kind, file, line, lastLine, whose }) => {
    const lines = line === lastLine ? String(line) : `${line}-${lastLine}`;
    return `${/[^/\\]+$/.exec(file)?.[0] ?? ''}:${lines} ${kind}${whose === undefined ? '' : ` ${whose}`}`;
  });
}

function linesOf(disk: FakeDisk, name: string): string[] {
  return disk.read(name).toString().split('\n');
}

function edit(disk: FakeDisk, name: string, change: (lines: readonly string[]) => readonly string[]): void {
  disk.write(name, Buffer.from(change(linesOf(disk, name)).join('\n')));
}

const SEEDED = { 'seeded-0': '100', 'seeded-1': '100', 'seeded-2': '100' };
/** What the two sandboxes are at the end, where the log can be read from where it has both begin anew. */
const RESET = { ...SEEDED, d: '30' };
const IMPORTED = { ...SEEDED, d: '30', e: '40' };

const NAMES = ['default', 'other'];

/** The accounts that are not as they were, and of which no lost line and no line that was touched says anything. */
function listUnexplained(
  { losses, balances }: Repaired,
  expected: Balances,
  disk: FakeDisk,
  name: string,
  touched: number,
): readonly string[] {
  const lines = linesOf(disk, name);
  const isLost = (line: number): boolean =>
    line === touched ||
    losses.some(
      (loss) => loss.kind === 'lost' && loss.file.endsWith(name) && loss.line <= line && line <= loss.lastLine,
    );
  const said = lines.filter((_, at) => isLost(at + 1)).join('\n');
  return NAMES.flatMap((sandbox, at) => {
    // What begins with another state says all of it.
    const replaced = new RegExp(`\\{"sandbox":"${sandbox}","seq":\\d+,"at":"[^"]*","cause":\\{"kind":"replace"`);
    if (replaced.test(said)) return [];
    const [before = {}, after = {}] = [expected[at], balances[at]];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((id) => before[id] !== after[id] && !said.includes(`"${id}"`))
      .map((id) => `${sandbox} ${id}: ${String(after[id])} instead of ${String(before[id])}`);
  });
}

describe('the repair of a data folder', () => {
  it('keeps all of one that is well', async () => {
    const { disk, balances } = await leaveFolder();
    const repaired = await repair(disk);
    expect(repaired).toMatchObject({ sandboxes: NAMES, losses: [], more: 0, balances });
  });

  it('keeps what does not stand in a damaged line, and says which lines those are', async () => {
    const { disk, balances } = await leaveFolder();
    const wrong: string[] = [];
    const runs = propertyRuns(40);
    for (let run = 0; run < runs; run += 1) {
      const chance = new Chance(7, 'repairs', run);
      const copy = disk.afterPowerCut('all');
      const name = run % 2 === 0 ? 'emulator.json' : 'emulator.log';
      const bytes = Buffer.from(copy.read(name));
      const at = chance.word(1) % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (chance.word(2) % 255 || 1), at);
      copy.write(name, bytes);
      const line =
        disk
          .read(name)
          .subarray(0, at)
          .filter((byte) => byte === 10).length + 1;
      const repaired = await repair(copy).catch((error: unknown) => String(error));
      const place = `${name} byte ${at} in line ${line}`;
      if (typeof repaired === 'string') {
        wrong.push(`${place}: ${repaired}`);
        continue;
      }
      const { losses } = repaired;
      const isTold = losses.some((loss) => loss.file.endsWith(name) && loss.line <= line + 1 && line <= loss.lastLine);
      const isSame = JSON.stringify(repaired.balances) === JSON.stringify(balances);
      if (losses.length === 0 ? !isSame : !isTold) wrong.push(`${place}: told ${toPlaces(repaired).join(', ')}`);
      const unexplained = listUnexplained(repaired, balances, disk, name, line);
      if (unexplained.length > 0) wrong.push(`${place}: ${unexplained.join(', ')} (${toPlaces(repaired).join(', ')})`);
    }
    expect(wrong).toEqual([]);
  });

  it('applies what came after a lost commit, and says whose that was', async () => {
    const { disk } = await leaveFolder();
    const lines = linesOf(disk, 'emulator.log');
    const at = lines.findIndex((line) => line.includes('"accounts","a"'));
    lines[at] = lines[at]?.replace('"accounts","a"', '"accounts","q"') ?? '';
    disk.write('emulator.log', Buffer.from(lines.join('\n')));
    const repaired = await repair(disk);
    expect(toPlaces(repaired)).toEqual([`emulator.log:${at + 1} lost sandbox "default"`]);
    // The default sandbox was reset after that.
    expect(repaired.balances).toEqual((await leaveFolder()).balances);
  });

  it('loses with the line that made a record what changed of it later, and nothing else of those lines', async () => {
    const disk = new FakeDisk();
    const written = await Till.open({ folder: createFolder(), files: disk });
    await written.add('default', 'a', 1);
    await written.change('default', (accounts) => {
      for (const account of [...accounts.values()]) accounts.put({ ...account, balance: toAmount(7) });
    });
    await written.add('default', 'a', 2);
    const made = linesOf(disk, 'emulator.log').findIndex((line) => line.includes('"name of a"'));
    edit(disk, 'emulator.log', (lines) =>
      lines.map((line, at) => (at === made ? line.replace('"name of a"', '"name of q"') : line)),
    );
    const repaired = await repair(disk);
    const unfit =
      'A change of this line does not fit what is left: till/accounts a: It changes a record that is not there.';
    expect(repaired.losses.map(({ line, whose, what }) => [line, whose, what])).toEqual([
      [made + 1, 'sandbox "default"', 'This line is not as it was written, and what it did is lost.'],
      [made + 2, 'sandbox "default"', unfit],
      [made + 3, 'sandbox "default"', unfit],
    ]);
    expect(repaired.balances).toEqual([{ 'seeded-0': '7', 'seeded-1': '7', 'seeded-2': '7' }, SEEDED]);
  });

  it.each<[string, (disk: FakeDisk) => Promise<void> | void, readonly string[], Balances]>([
    [
      'without a document what the log has begun with its own lines',
      (disk) => disk.remove('emulator.json'),
      ['emulator.json:1 lost', 'emulator.log:3 lost sandbox "default"', 'emulator.log:4 lost sandbox "other"'],
      [RESET, IMPORTED],
    ],
    [
      'without a log what the document holds',
      (disk) => disk.remove('emulator.log'),
      ['emulator.log:1 lost'],
      [
        { ...SEEDED, a: '1' },
        { ...SEEDED, a: '1', b: '2' },
      ],
    ],
    [
      'of a document that was cut off the sandboxes that are there',
      (disk) => {
        edit(disk, 'emulator.json', (lines) =>
          lines.slice(
            0,
            lines.findIndex((line) => line.startsWith('"other":')),
          ),
        );
      },
      ['emulator.json:LAST lost', 'emulator.log:4 lost sandbox "other"'],
      [RESET, IMPORTED],
    ],
    [
      'of a log whose first lines are gone what fits',
      (disk) => {
        edit(disk, 'emulator.log', ([, , , ...lines]) => lines);
      },
      ['emulator.log:1 lost'],
      [RESET, IMPORTED],
    ],
    [
      'of a document without its first line all that belongs to providers that are there',
      (disk) => {
        edit(disk, 'emulator.json', ([, ...lines]) => ['', ...lines]);
      },
      ['emulator.json:1 lost'],
      [RESET, IMPORTED],
    ],
    [
      'of a record whose field has a damaged name the others',
      (disk) => {
        edit(disk, 'emulator.json', (lines) =>
          lines.map((line) => (line.startsWith('"b":') ? line.replace('"name":', '"nume":') : line)),
        );
      },
      ['emulator.json:PART doubtful sandbox "other"', 'emulator.json:RECORD lost sandbox "other"'],
      [RESET, IMPORTED],
    ],
    [
      'of a record with another key the others',
      (disk) => {
        edit(disk, 'emulator.json', (lines) => lines.map((line) => line.replace('"b":{"id":"b"', '"b":{"id":"q"')));
      },
      ['emulator.json:PART doubtful sandbox "other"', 'emulator.json:RECORD lost sandbox "other"'],
      [RESET, IMPORTED],
    ],
  ])('keeps %s', async (_, damage, places, balances) => {
    const { disk } = await leaveFolder();
    const before = linesOf(disk, 'emulator.json');
    await damage(disk);
    const repaired = await repair(disk);
    const part = before.findIndex((line) => line.startsWith('"other":'));
    const end = before.findIndex((line, at) => at > part && line.startsWith('},"checksum":')) + 1;
    const named = {
      LAST: part,
      PART: `${part + 1}-${end}`,
      RECORD: before.findIndex((line) => line.startsWith('"b":')) + 1,
    };
    expect(toPlaces(repaired)).toEqual(
      places.map((place) => place.replace(/LAST|PART|RECORD/, (name) => String(named[name as keyof typeof named]))),
    );
    expect(repaired.balances).toEqual(balances);
  });

  it('keeps all snapshots and forks of one that is well', async () => {
    const { disk, looked } = await leaveForks();
    const repaired = await repair(disk);
    expect(repaired).toMatchObject({ losses: [], more: 0, looked });
  });

  it('says which lines of snapshots and forks are damaged, and makes what can be used of the rest', async () => {
    const { disk, looked } = await leaveForks();
    const wrong: string[] = [];
    const runs = propertyRuns(30);
    for (let run = 0; run < runs; run += 1) {
      const chance = new Chance(11, 'forks', run);
      const copy = disk.afterPowerCut('all');
      const name = run % 2 === 0 ? 'emulator.json' : 'emulator.log';
      const bytes = Buffer.from(copy.read(name));
      const at = chance.word(1) % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (chance.word(2) % 255 || 1), at);
      copy.write(name, bytes);
      const line = Buffer.from(disk.read(name).subarray(0, at)).filter((byte) => byte === 10).length + 1;
      const place = `${name} byte ${at} in line ${line}`;
      const repaired = await repair(copy).catch((error: unknown) => String(error));
      if (typeof repaired === 'string') {
        wrong.push(`${place}: ${repaired}`);
        continue;
      }
      const { losses } = repaired;
      const isTold = losses.some((loss) => loss.file.endsWith(name) && loss.line <= line + 1 && line <= loss.lastLine);
      const isSame = JSON.stringify(repaired.looked) === JSON.stringify(looked);
      if (losses.length === 0 ? !isSame : !isTold) wrong.push(`${place}: told ${toPlaces(repaired).join(', ')}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each<[string, Damaged, readonly string[], object]>([
    [
      'a record of a snapshot the rest of it, and of what was made of it',
      { name: 'emulator.json', isMeant: (line) => line.startsWith('"c":'), edit: ['"name of c"', '"name of c'] },
      ['emulator.json doubtful snapshot "copy/mine"', 'emulator.json lost snapshot "copy/mine"'],
      { other: { balances: { ...SEEDED, a: '1', b: '2', g: '7' } } },
    ],
    [
      'what a snapshot is all but that and what came after it was restored',
      { name: 'emulator.json', isMeant: (line) => line.startsWith('"default/early":'), edit: ['"seed"', '"sead"'] },
      [
        'emulator.json lost seed, sandbox or snapshot "default/early"',
        ...['restored', 'f'].map(() => 'emulator.log lost sandbox "default"'),
        // It is a fork of what default was by then.
        'emulator.log doubtful sandbox "gone"',
        'emulator.log lost sandbox "default"',
      ],
      { default: { balances: { ...SEEDED, a: '1', b: '2', e: '5' }, snapshots: ['late'] } },
    ],
    [
      'the line that took a snapshot all but that and what was made of it',
      { name: 'emulator.log', isMeant: (line) => line.includes('"snapshot":"late","at"'), edit: ['"late"', '"lake"'] },
      [
        'emulator.log lost sandbox "default"',
        'emulator.log doubtful sandbox "default"',
        ...['made', 'h'].map(() => 'emulator.log lost sandbox "gone"'),
      ],
      { default: { snapshots: ['early'] } },
    ],
  ])('keeps without %s', async (_, { name, isMeant, edit: [right, wrong] }, places, other) => {
    const { disk, looked } = await leaveForks();
    edit(disk, name, (lines) => {
      const at = lines.findLastIndex(isMeant);
      return lines.map((line, index) => (index === at ? line.replace(right, wrong) : line));
    });
    const repaired = await repair(disk);
    expect(toPlaces(repaired).map((place) => place.replace(/:[\d-]+/, ''))).toEqual(places);
    const expected: Record<string, object> = {};
    for (const [sandbox, { balances, snapshots }] of Object.entries(looked)) {
      const names = snapshots.map((snapshot) => (snapshot as readonly unknown[])[0]);
      expected[sandbox] = { balances, snapshots: names, ...(other as Record<string, object>)[sandbox] };
    }
    const found = Object.entries(repaired.looked).map(([sandbox, { balances, snapshots }]) => {
      return [sandbox, { balances, snapshots: snapshots.map((snapshot) => (snapshot as readonly unknown[])[0]) }];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('tells a thousand losses, and counts the rest', async () => {
    const { disk } = await leaveFolder();
    disk.write('emulator.log', Buffer.from('nothing\n'.repeat(5000)));
    const { losses, more, balances } = await repair(disk);
    expect([losses.length, more, losses.at(-1)?.line]).toEqual([1000, 4000, 1000]);
    expect(balances).toEqual([
      { ...SEEDED, a: '1' },
      { ...SEEDED, a: '1', b: '2' },
    ]);
  });

  it('refuses what was written in a later form, and a folder without data', async () => {
    const { disk } = await leaveFolder();
    edit(disk, 'emulator.json', ([head = '', ...lines]) => {
      const body = head.slice(head.indexOf('",') + 2, -1).replace('"format":1', '"format":2');
      return [`{"checksum":"${crc32(body).toString(16).padStart(8, '0')}",${body},`, ...lines];
    });
    await expect(repair(disk)).rejects.toThrow('was written by emulator 1.2.3 in a later form than this one knows.');
    await expect(repair(new FakeDisk())).rejects.toThrow('has neither emulator.json nor emulator.log.');
  });
});
