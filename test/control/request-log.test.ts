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
  it('is a line per exchange on a terminal, with the reasons of refusals', async () => {
    expect(await logOf({ explain: true }, { requests: 'all' })).toEqual({
      lines: [SUCCESS, `${REFUSAL}  body credit_dleta: ${REASON}`],
      logged: [],
    });
  });

  it('leaves the reasons out without --explain', async () => {
    expect((await logOf({ explain: false }, { requests: 'all' })).lines).toEqual([SUCCESS, REFUSAL]);
  });

  it('is on a quieter terminal a line per explained refusal', async () => {
    const explained = await logOf({ explain: true }, { requests: 'refused' });
    const silent = await logOf({}, { requests: 'refused' });
    expect([explained.lines, silent.lines]).toEqual([[`${REFUSAL}  body credit_dleta: ${REASON}`], []]);
  });

  it('is in JSON one line per explained refusal', async () => {
    expect(await logOf({ explain: true }, {})).toEqual({
      lines: [],
      logged: [['warn', 'refused', { ...refused, reasons }]],
    });
  });

  it('is in JSON a line per exchange at the level debug, including the control API', async () => {
    const { logged } = await logOf({}, { debug: true });
    const success = {
      ...refused,
      id: 'default-1',
      sandbox: 'default',
      operation: 'getUser',
      method: 'GET',
      url: '/users/ada?api_key=[redacted]',
      status: 200,
    };
    expect(logged).toEqual([
      ['debug', 'answered', success],
      ['debug', 'answered', refused],
      [
        'debug',
        'answered',
        { id: expect.any(String) as unknown, service: 'emulator', operation: 'getClock', status: 200 },
      ],
    ]);
  });

  it('is empty otherwise', async () => {
    expect(await logOf({}, {})).toEqual({ lines: [], logged: [] });
  });
});
