import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { FakeDisk } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { propertyRuns } from '../../../support/property.ts';
import { Till } from '../../../support/till.ts';

const STRIDE = propertyRuns(2) > 2 ? 1 : 7;

/** Gives the lock of one folder to the owner of another, as if both were one folder. */
function giveLock(from: string, to: string): void {
  writeFileSync(join(from, 'emulator.lock'), readFileSync(join(to, 'emulator.lock')));
}

describe('two emulators on one folder', () => {
  it.each(['goes on', 'has stopped'])(
    'of which the first was paused at any call: it adds nothing to what the second, which %s, has taken',
    async (second) => {
      const wrong: string[] = [];
      for (let pausedAt = 1; pausedAt <= 80; pausedAt += STRIDE) {
        const disk = new FakeDisk();
        const [first, other] = [createFolder(), createFolder()];
        const early = await Till.open({ folder: first, files: disk, leastLog: 300 });
        const begun = disk.points.length;
        let goOn = (): void => undefined;
        let reach = (): void => undefined;
        const reached = new Promise<void>((resolve) => (reach = resolve));
        let point = '';
        disk.onPoint = (name, number) => {
          if (number !== begun + pausedAt) return undefined;
          point = name;
          reach();
          return new Promise((resolve) => (goOn = resolve));
        };
        let acknowledged = 0;
        const adding = (async () => {
          for (let round = 0; round < 30; round += 1) if (await early.add('default', 'a', 1)) acknowledged += 1;
        })();
        await reached;
        const late = await Till.open({ folder: other, files: disk, leastLog: 300 });
        giveLock(first, other);
        for (let round = 0; round < 8; round += 1) await late.add('default', 'b', 1);
        if (second === 'has stopped') {
          await late.close();
          rmSync(join(first, 'emulator.lock'));
        }
        const before = acknowledged;
        goOn();
        await adding;
        if (await early.add('default', 'a', 1)) wrong.push(`${pausedAt}, ${point}: the first acknowledges`);
        await early.close();
        if (second !== 'has stopped') {
          for (let round = 0; round < 2; round += 1) await late.add('default', 'b', 1);
          await late.close();
        }
        const again = await Till.open({ folder: createFolder(), files: disk });
        const { a = '0', b = '0' } = again.balances();
        await again.close();
        const expected = second === 'has stopped' ? '8' : '10';
        if (b !== expected || Number(a) < acknowledged || Number(a) > before + 1) {
          wrong.push(`${pausedAt}, ${point}: a ${a} of ${before} and ${acknowledged}, b ${b}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});
