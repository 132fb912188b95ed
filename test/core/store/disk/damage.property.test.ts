import { describe, expect, it } from 'vitest';

import { Damage } from '../../../../src/core/store/disk/damage.ts';
import { Chance } from '../../../../src/core/values/random.ts';
import type { FakeDisk } from '../../../support/fake-disk.ts';
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
});
