import { describe, expect, it } from 'vitest';

import { Damage } from '../../../../src/core/store/disk/damage.ts';
import { Chance } from '../../../../src/core/values/random.ts';
import { FakeDisk } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { propertyRuns } from '../../../support/property.ts';
import { leaveFolder, leaveForks } from '../../../support/left-folder.ts';
import { Till } from '../../../support/till.ts';

async function reopen(disk: FakeDisk): Promise<ReturnType<Till['look']>> {
  const till = await Till.open({ folder: createFolder(), files: disk });
  const found = till.look();
  await till.close();
  return found;
}

describe('a data folder', () => {
  it.each([
    ['of every kind of commit', leaveFolder],
    ['of snapshots and forks', leaveForks],
  ])('%s says where a flipped byte stands, or holds what it held', async (_, leave) => {
    const { disk, looked } = await leave();
    expect(await reopen(disk.afterPowerCut('all'))).toEqual(looked);
    const wrong: string[] = [];
    let refused = 0;
    const runs = propertyRuns(100);
    for (let run = 0; run < runs; run += 1) {
      const chance = new Chance(7, 'flips', run);
      const copy = disk.afterPowerCut('all');
      const name = chance.word(0) % 2 === 0 ? 'emulator.json' : 'emulator.log';
      const bytes = Buffer.from(copy.read(name));
      const at = chance.word(1) % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (chance.word(2) % 255 || 1), at);
      copy.write(name, bytes);
      const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
      try {
        const found = await reopen(copy);
        if (JSON.stringify(found) !== JSON.stringify(looked)) wrong.push(`${name} byte ${at}: other balances`);
      } catch (error) {
        refused += 1;
        if (!(error instanceof Damage)) wrong.push(`${name} byte ${at}: ${String(error)}`);
        // A part is told to be damaged at its end; a line itself, or the one before that lost its end, at its place.
        else if (!error.message.startsWith(`${error.file}:`) || error.line < line - 1)
          wrong.push(`${name} byte ${at} in line ${line}: ${error.message}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(runs * 0.9);
  });

  it('that was cut off at any byte of its last two lines holds a state that it had', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk });
    const states: unknown[] = [];
    for (const amount of [1, 20, 300]) {
      await till.add('default', 'a', amount);
      states.push(till.look());
    }
    const log = disk.read('emulator.log');
    const start = log.subarray(0, -1).lastIndexOf('\n', log.subarray(0, -1).lastIndexOf('\n') - 1) + 1;
    const wrong: number[] = [];
    for (let end = start; end <= log.length; end += 1) {
      const copy = disk.afterPowerCut('all');
      copy.write('emulator.log', log.subarray(0, end));
      const lines = log.subarray(start, end + 1).filter((byte) => byte === 10).length;
      const found = JSON.stringify(await reopen(copy));
      if (found !== JSON.stringify(states[lines])) wrong.push(end);
    }
    expect(wrong).toEqual([]);
  });

  it('is stopped by lines of the log alone, however much it holds, and has two files then', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk });
    for (let count = 0; count < 50; count += 1) {
      await till.add(`sandbox-${count}`, 'a', 1);
      till.get(`sandbox-${count}`).takeSnapshot('early');
    }
    await till.get().persistence.pending;
    disk.points.length = 0;
    await till.close();
    expect(disk.points).toEqual(['write emulator.log', 'sync emulator.log', 'find emulator.log']);
    expect([...(await disk.list())].sort()).toEqual(['emulator.json', 'emulator.log']);
  });
});
