import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createEmulator } from 'credits-emulator';

const world = fileURLToPath(new URL('world.yaml', import.meta.url));
let emulator;

before(async () => {
  emulator = await createEmulator({ port: 0, providers: ['klaim'], fixtures: [world] });
});
beforeEach(() => emulator.reset());
after(() => emulator.close());

/** Stands for your own code, which would read the URL and the key from its settings. */
async function spend(user, credits) {
  const response = await fetch(`${emulator.urls.klaim}/users/${user}/credits`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${emulator.env.KLAIM_API_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ credit_delta: -credits }),
  });
  if (!response.ok) throw new Error(`Klaim answered ${response.status}.`);
  return (await response.json()).credit_balance;
}

test('credits are spent', async () => {
  assert.equal(await spend('ada', 30), 70);
});

test('credits are gone although the answer was lost, so trying again spends them twice', async () => {
  // Klaim stores one change, and its client is told 500.
  const sandbox = emulator.sandbox();
  await sandbox.faults.add({ provider: 'klaim', phase: 'after', effect: { status: 500 }, times: 1 });
  await assert.rejects(spend('ada', 30), /500/);
  assert.equal(await spend('ada', 30), 40);
});
