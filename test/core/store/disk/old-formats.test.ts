import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { FORMAT } from '../../../../src/core/store/disk/document.ts';
import { LOG_FORMAT } from '../../../../src/core/store/disk/log.ts';
import { createFolder } from '../../../support/folder.ts';
import { Till } from '../../../support/till.ts';

const SEEDED = { 'seeded-0': '100', 'seeded-1': '100', 'seeded-2': '100' };

const WRITTEN = {
  default: { ...SEEDED, a: '11' },
  alike: { ...SEEDED, a: '1', g: '60' },
  made: { ...SEEDED, 'seeded-3': '100', 'seeded-4': '100', c: '40' },
  other: { ...SEEDED, a: '11', f: '50', h: '70' },
  forked: { ...SEEDED, a: '11', f: '50', i: '80' },
};

/**
 * What the folder of each format holds. Where a document or a log gets another form, count `FORMAT` or `LOG_FORMAT` up,
 * have `folders/write.ts` write a folder of the new number before it is released, and add here what it prints; the old
 * ones stay as they are for good.
 */
const FOLDERS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  1: WRITTEN,
  // Of a record that was changed the log has the fields that were.
  2: WRITTEN,
};

describe('a folder of format', () => {
  it.each(Object.entries(FOLDERS))('%s is read, and goes on', async (format, balances) => {
    const folder = createFolder();
    cpSync(fileURLToPath(new URL(`folders/${format}`, import.meta.url)), folder, { recursive: true });
    const till = await Till.open({ folder });
    const look = (one: Till): unknown =>
      Object.fromEntries(Object.keys(balances).map((name) => [name, one.balances(name)]));
    expect(till.sandboxes.size).toBe(Object.keys(balances).length);
    expect(look(till)).toEqual(balances);
    expect([...till.get('other').snapshots.keys(), ...till.get('alike').snapshots.keys()]).toEqual(['kept', 'early']);
    expect(till.get('made').clock.state.frozenAt).toBe(Date.parse('2026-01-01T01:00:00Z'));
    // 700 were counted, and 1,000 are passed over because that emulator was killed.
    expect(till.get().nextRequestId()).toBe('default-1701');
    expect(await till.add('default', 'a', 1)).toBe(true);
    await till.close();
    const again = await Till.open({ folder });
    expect(look(again)).toEqual({ ...balances, default: { ...balances['default'], a: '12' } });
    const [head] = readFileSync(join(folder, 'emulator.log'), 'utf8').split('\n');
    expect(JSON.parse(head ?? '')).toContainEqual({ log: LOG_FORMAT, emulator: '1.2.3' });
    await again.close();
  });

  it('that is written here is among those that are kept', () => {
    const kept = readdirSync(new URL('folders', import.meta.url)).filter((name) => /^\d+$/.test(name));
    expect(kept).toEqual(Object.keys(FOLDERS));
    expect(Math.max(...kept.map(Number))).toBe(Math.max(FORMAT, LOG_FORMAT));
  });
});
