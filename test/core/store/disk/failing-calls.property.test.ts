import { describe, expect, it } from 'vitest';

import { FakeDisk } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { propertyRuns } from '../../../support/property.ts';
import { Till } from '../../../support/till.ts';

/** In `npm test` every tenth call fails, in the full suite each. */
const STRIDE = propertyRuns(2) > 2 ? 1 : 10;
const CALLS = 100;

async function findBalance(disk: FakeDisk): Promise<string> {
  const till = await Till.open({ folder: createFolder(), files: disk });
  const { a: balance = '0' } = till.balances();
  await till.close();
  return balance;
}

describe('a disk on which calls fail while documents are written again and again', () => {
  it.each([1, 2, 5])(
    'loses nothing acknowledged and brings back nothing refused, with %i failures',
    async (failures) => {
      const wrong: string[] = [];
      for (let first = 1; first <= CALLS; first += STRIDE) {
        const disk = new FakeDisk();
        const till = await Till.open({ folder: createFolder(), files: disk, leastLog: 500 });
        const begun = disk.points.length;
        const failed: string[] = [];
        disk.onPoint = (point, number) => {
          if (number < begun + first || number >= begun + first + failures) return;
          failed.push(point);
          throw Object.assign(new Error('EIO'), { code: 'EIO' });
        };
        let acknowledged = 0;
        for (let round = 0; round < 30; round += 1) {
          const isKept = await till.add('default', 'a', 1);
          if (isKept) acknowledged += 1;
          const isCutOff = failed.every((point) => !point.startsWith('truncate'));
          const killed = disk.afterPowerCut('all');
          // A log that cannot even be cut off may keep what was refused until the disk works again.
          if ((isKept || (isCutOff && failures === 1)) && (await findBalance(killed)) !== String(acknowledged)) {
            wrong.push(`${first}: after ${failed.join(', ')}: ${await findBalance(killed)} of ${acknowledged}`);
          }
        }
        await till.close();
        if ((await findBalance(disk)) !== String(acknowledged))
          wrong.push(`${first}: at the end, after ${failed.join(', ')}`);
        if (disk.misuses.length > 0) wrong.push(`${first}: ${disk.misuses.join(', ')} on a closed file`);
      }
      expect(wrong).toEqual([]);
    },
  );
});
