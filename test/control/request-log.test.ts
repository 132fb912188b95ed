import { describe, expect, it } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { createApp } from '../../src/compose/emulator.ts';
import type { Logger, Terminal } from '../../src/core/values/logger.ts';
import { serve, START } from '../support/emulator.ts';
import { testLogger } from '../support/log.ts';
import { LANTERN } from './api.ts';

type Logged = readonly [level: string, message: string, fields: object];

interface Outcome {
  readonly lines: readonly string[];
  readonly logged: readonly Logged[];
}

/** The log of a success, of a refusal in another sandbox and of a call of the control API. */
async function logOf(
  options: EmulatorOptions,
  { requests, debug = false }: { readonly requests?: Terminal['requests']; readonly debug?: boolean },
): Promise<Outcome> {
  const lines: string[] = [];
  const logged: Logged[] = [];
  const note =
    (level: string) =>
    (fields: object, message: string): void => {
      logged.push([level, message, fields]);
    };
  const logger: Logger = {
    ...testLogger,
    warn: note('warn'),
    ...(debug && { debug: note('debug') }),
    ...(requests && { terminal: { requests, colours: false, write: (line) => lines.push(withoutTime(line)) } }),
  };
  const agent = await serve(await createApp({ clock: START, providers: ['klaim'], ...options }, logger));
  await agent.get('/klaim/users/ada?api_key=hush').set(LANTERN);
  await agent
    .put('/klaim/users/ada/credits')
    .set({ ...LANTERN, 'X-Emulator-Sandbox': 'checkout' })
    .send({ credit_dleta: 6 });
  await agent.get('/_emulator/clock');
  return { lines, logged };
}

function withoutTime(line: string): string {
  return line.replace(/[\d.]+ ms/, 'N ms');
}

const SUCCESS = 'GET  /users/ada?api_key=[redacted]  klaim.getUser  200  N ms';
const REFUSAL = 'PUT  /users/ada/credits  klaim.updateUserCredits  400  N ms  in checkout';
const REASON = 'is not known here, and "credit_delta" is missing';

const EXPLAINED = `${REFUSAL}  body credit_dleta: ${REASON}`;

const refused = {
  id: 'checkout-1',
  sandbox: 'checkout',
  provider: 'klaim',
  operation: 'updateUserCredits',
  method: 'PUT',
  url: '/users/ada/credits',
  status: 400,
  duration: expect.any(Number) as unknown,
  fault: null,
};
const reasons = [{ where: 'body', field: 'credit_dleta', problem: REASON, nearest: 'credit_delta' }];

describe('the log of requests', () => {
  it.each([
    ['a line per exchange, with the reasons of refusals', true, 'all', [SUCCESS, EXPLAINED]],
    ['a line per exchange, without reasons', false, 'all', [SUCCESS, REFUSAL]],
    ['a line per explained refusal if it is quieter', true, 'refused', [EXPLAINED]],
    ['empty if it is quieter and explains nothing', false, 'refused', []],
  ] as const)('is on a terminal %s', async (_, explain, requests, lines) => {
    expect(await logOf({ explain }, { requests })).toEqual({ lines, logged: [] });
  });

  it('is in JSON one line per explained refusal, and otherwise empty', async () => {
    const logged = [['warn', 'refused', { ...refused, reasons }]];
    expect(await logOf({ explain: true }, {})).toEqual({ lines: [], logged });
    expect(await logOf({}, {})).toEqual({ lines: [], logged: [] });
  });

  it('is in JSON a line per exchange at the level debug, including the control API', async () => {
    const { logged } = await logOf({}, { debug: true });
    const get = { operation: 'getUser', method: 'GET', url: '/users/ada?api_key=[redacted]', status: 200 };
    const success = { ...refused, id: 'default-1', sandbox: 'default', ...get };
    const control = { id: expect.any(String) as unknown, service: 'emulator', operation: 'getClock', status: 200 };
    expect(logged).toEqual([success, refused, control].map((fields) => ['debug', 'answered', fields]));
  });
});
