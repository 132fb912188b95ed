import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { createEmulator } from '../../src/compose/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { LANTERN } from './api.ts';

const REASON = {
  where: 'disk',
  field: null,
  problem: 'could not store the change, so nothing was changed; GET /_emulator/health says why',
  nearest: null,
};

it('a change that cannot be written to disk is refused, and the journal and the log say so', async () => {
  const warned: object[] = [];
  const errors: string[] = [];
  const folder = join(createFolder(), 'data');
  const logger = {
    error: (_: object, message: string) => errors.push(message),
    warn: (fields: object) => warned.push(fields),
    info: () => undefined,
  };
  const emulator = await createEmulator({ port: 0, providers: ['klaim'], data: folder, explain: true }, logger);
  rmSync(folder, { recursive: true });
  const { status } = await fetch(`${emulator.url}/klaim/users/ada/credits`, {
    method: 'PUT',
    headers: { ...LANTERN, 'Content-Type': 'application/json' },
    body: '{"credit_delta":1}',
  });
  const listed: unknown = await (await fetch(`${emulator.url}/_emulator/requests`)).json();
  await emulator.close();
  expect(status).toBe(500);
  expect(listed).toMatchObject({ requests: [{ answer: { status }, changes: [], ledger: [], reasons: [REASON] }] });
  expect(warned).toMatchObject([{ operation: 'updateUserCredits', status, reasons: [REASON] }]);
  expect(errors).toEqual(['what was changed cannot be kept on disk; until it can, nothing is changed']);
});
