// What the shop was tested with before anybody thought of lost answers. It takes the emulator that it is given, by
// `npx credits-emulator exec -- node --test` or in a container, and starts one where it is given none.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';

import { createEmulator } from 'credits-emulator';
import { connect } from 'credits-emulator/client';

import { createNaiveShop } from './naive-shop.js';
import { createShop } from './shop.js';

const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';

let sandbox;
let own;

before(async () => {
  const { CREDITS_EMULATOR_URL: given } = process.env;
  own = given ? undefined : await createEmulator({ port: 0 });
  sandbox = (own ?? connect(given)).sandbox();
});
after(() => own?.close());

for (const [name, create, user] of [
  ['the naive shop', createNaiveShop, '660e8400-e29b-41d4-a716-446655440001'],
  ['the shop', createShop, '660e8400-e29b-41d4-a716-446655440002'],
]) {
  test(`${name} delivers what was ordered`, async () => {
    const shop = create(await sandbox.env(), CUSTOMER);
    const balance = await shop.getBalance(user);
    await shop.deliver({ id: randomUUID(), user, credits: 500 });
    assert.equal(await shop.getBalance(user), balance + 500);
  });
}
