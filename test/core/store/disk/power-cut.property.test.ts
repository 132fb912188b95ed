import { describe, expect, it } from 'vitest';

import { FakeDisk, Gone, type Rest } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { propertyRuns } from '../../../support/property.ts';
import { Till } from '../../../support/till.ts';

const RESTS: readonly Rest[] = ['nothing', 'half', 'all', 'zeros', 'all but the first bytes'];
const IS_WHOLE = propertyRuns(2) > 2;
/** In `npm test` the two that leave most to find out, each at every fifth point. */
const TRIED = IS_WHOLE ? RESTS : RESTS.slice(0, 2);
const STRIDE = IS_WHOLE ? 1 : 5;

/** What all sandboxes hold after each step, the ones before it included. */
type Course = readonly ReturnType<Till['look']>[];

interface Ran {
  readonly course: Course;
  /** How many steps were acknowledged. */
  readonly acknowledged: number;
}

/** A run of every kind of commit, with documents that are written anew on the way; it goes on until the power goes. */
async function run(disk: FakeDisk, folder: string): Promise<Ran> {
  const course: ReturnType<Till['look']>[] = [];
  let acknowledged = 0;
  const note = (till: Till): void => {
    course.push(till.look());
  };
  try {
    let till = await Till.open({ folder, files: disk, leastLog: 1 });
    const step = async (work: () => Promise<boolean> | void): Promise<void> => {
      const before = till.sandboxes.list();
      const working = work();
      note(till);
      const all = new Set([...before, ...till.sandboxes.list()].map(({ persistence }) => persistence));
      await working;
      for (const persistence of all) await persistence.pending;
      for (const { losses } of all) if (losses > 0) throw new Gone();
      acknowledged = course.length;
    };
    for (let round = 0; round < 2; round += 1) {
      await step(() => till.add('default', 'a', 1));
      await step(() => till.add('other', 'b', 2));
      await step(() => till.add('default', 'large', 3));
      await step(() => {
        till.get('other').reset();
      });
      await step(() => till.add('other', 'a', round + 5));
      // Each is a seed of its own, so that the log outgrows the document with one of them.
      for (let times = 0; times < 3; times += 1) {
        await step(() => {
          till.get().import(till.get('other').roots, false);
        });
      }
      await step(() => {
        till.get().takeSnapshot('early');
      });
      await step(() => till.add('default', 'b', 1));
      await step(() => {
        till.sandboxes.fork('copy', till.get(), 'early');
      });
      await step(() => till.add('copy', 'c', 3));
      await step(() => {
        till.get().restore('early');
      });
      await step(() => {
        till.sandboxes.fork('other', till.get('copy'), undefined);
      });
      await step(() => {
        till.sandboxes.delete(till.get('copy'));
      });
      if (round > 0) {
        await step(() => {
          till.get().dropSnapshot('early');
        });
      }
      await till.close();
      acknowledged = course.length;
      till = await Till.open({ folder, files: disk, leastLog: 1 });
    }
    await till.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return { course, acknowledged };
}

describe('a power cut', () => {
  it.each(TRIED)(
    'at any point loses nothing that was acknowledged and leaves nothing half there, where %s of the rest is kept',
    async (rest) => {
      const whole = new FakeDisk();
      const { course } = await run(whole, createFolder());
      const points = [...whole.points];
      expect(points.length).toBeGreaterThan(60);
      for (let cut = 1 + (RESTS.indexOf(rest) % STRIDE); cut <= points.length; cut += STRIDE) {
        const disk = new FakeDisk();
        disk.onPoint = (_, number) => {
          if (number >= cut) throw new Gone('The power has gone.');
        };
        const { acknowledged } = await run(disk, createFolder());
        const where = `${cut}: ${points[cut - 1] ?? ''}`;
        const till = await Till.open({ folder: createFolder(), files: disk.afterPowerCut(rest) }).catch(
          (error: unknown) => {
            throw new Error(`${where}: ${String(error)}`);
          },
        );
        const found = till.look();
        await till.close();
        // The state of the last step that was acknowledged, or of one that was on its way.
        const possible =
          acknowledged === 0 ? [seeded, ...course.slice(0, 1)] : course.slice(acknowledged - 1, acknowledged + 1);
        expect(possible, where).toContainEqual(found);
      }
    },
  );
});

const seeded = {
  default: {
    balances: { 'seeded-0': '100', 'seeded-1': '100', 'seeded-2': '100' },
    snapshots: [],
    clock: { frozenAt: Date.parse('2026-01-01T00:00:00Z'), offset: 0 },
  },
};
