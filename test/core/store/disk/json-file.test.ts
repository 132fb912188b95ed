import { join } from 'node:path';

import { JSONFile } from 'lowdb/node';
import { expect, it } from 'vitest';

import type { Document } from '../../../../src/core/store/disk/document.ts';
import { createFolder } from '../../../support/folder.ts';
import { Till } from '../../../support/till.ts';

it("a data folder works on lowdb's own JSONFile: the document is read and written as a value", async () => {
  const folder = createFolder();
  const toAdapter = (path: string): JSONFile<Document> => new JSONFile<Document>(path);
  const till = await Till.open({ folder, toAdapter });
  await till.add('default', 'a', 1);
  till.get().takeSnapshot('early');
  await till.add('other', 'b', 2);
  till.folder.writeAnew();
  await till.add('default', 'a', 10);
  const left = till.look();
  await till.close();
  const read = await new JSONFile<Document>(join(folder, 'emulator.json')).read();
  expect([...(read?.entries ?? [])]).toContainEqual({
    key: 'a',
    record: { id: 'a', name: 'name of a', balance: '11' },
  });
  const again = await Till.open({ folder, toAdapter });
  expect(again.look()).toEqual(left);
  await again.close();
});
