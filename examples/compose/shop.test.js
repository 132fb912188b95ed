// Against the shop as it runs; the emulator is beside it, and stands in for Klaim.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

const { SHOP_URL, CREDITS_EMULATOR_URL } = process.env;

async function send(method, url, body) {
  const headers = body && { 'Content-Type': 'application/json' };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const order = () => send('POST', `${SHOP_URL}/orders`, { user: 'mira', price: 25 });

/** What was taken from mira, in the order in which it was. */
async function listPayments() {
  const { body } = await send('GET', `${CREDITS_EMULATOR_URL}/_emulator/ledger?account=mira`);
  return body.entries.map(({ delta }) => delta).reverse();
}

const addFault = (rule) => send('POST', `${CREDITS_EMULATOR_URL}/_emulator/faults`, { provider: 'klaim', ...rule });

beforeEach(() => send('POST', `${CREDITS_EMULATOR_URL}/_emulator/reset`));

test('an order is paid', async () => {
  assert.equal((await order()).status, 201);
  assert.deepEqual(await listPayments(), ['-25']);
});

test('an order is paid once, though the answer was lost', async () => {
  await addFault({ operation: 'updateUserCredits', phase: 'after', effect: { status: 500 }, times: 1 });
  assert.equal((await order()).status, 201);
  assert.deepEqual(await listPayments(), ['-25']);
});

test('an order is refused, and nothing is paid, where Klaim is out of order', async () => {
  await addFault({ operation: 'updateUserCredits', effect: { status: 500 } });
  assert.equal((await order()).status, 502);
  assert.deepEqual(await listPayments(), []);
});
