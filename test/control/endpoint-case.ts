import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import { Failure } from '../../src/core/wire/failure.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { asItIs } from '../support/deliveries.ts';
import { START } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { problem } from './api.ts';

/** A request to the control API in a sandbox of its own, and all of its answer. */
export interface Case {
  readonly status: number;
  /** Below `/_emulator`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What has happened in the sandbox. */
  readonly before?: (sandbox: Sandbox, call: (path: string, body: object) => Promise<unknown>) => Promise<unknown>;
  /** Parsed, where it is JSON; of an answer that goes on, its first event. */
  readonly answer: unknown;
}

export const SANDBOX = 'case';
/** The emulator tells of its addresses as they are there. */
export const PUBLIC_URL = 'http://emulator.example';

/** Tally with a control that is refused. */
export const provider: Provider = {
  ...tally,
  webhooks: asItIs,
  controls: {
    ...tally.controls,
    overfill: {
      describe: 'Add too much.',
      schema: { type: 'object', additionalProperties: false },
      run: () => {
        throw new Failure({ kind: 'refused', code: 'OVER_THE_LIMIT' });
      },
    },
  },
};

export const TALLY = `${PUBLIC_URL}/_sandbox/${SANDBOX}/tally`;
export const anyNumber = expect.any(Number) as unknown;
export const something = expect.anything() as unknown;
export const anyText = expect.any(String) as unknown;

export const ok = (path: string, answer: unknown, more: Partial<Case> = {}): Case => ({
  status: 200,
  path,
  answer,
  ...more,
});
export const done = (path: string, more: Partial<Case> = {}): Case => ({
  status: 204,
  path,
  answer: undefined,
  ...more,
});
export const refused = (
  status: number,
  path: string,
  [title, detail, hint]: readonly [string, string, string],
  more: Partial<Case> = {},
): Case => ({ status, path, answer: problem(status, title, detail, hint).body, ...more });

/** Adds 5 to the counter "a", as the exchange "case-1". */
export const count: NonNullable<Case['before']> = async (_, call) => {
  await call(`/_sandbox/${SANDBOX}/tally/counters/a/add`, { by: 5, key: 'k', memo: 'm' });
};

/** What that made. */
export const ENTRY = {
  id: '1',
  at: START,
  provider: 'tally',
  tenant: 'shop',
  account: 'a',
  unit: 'points',
  delta: '5',
  before: '0',
  after: '5',
  cause: 'request',
  operation: 'addToCounter',
  requestId: 'case-1',
  key: 'k',
  memo: 'm',
};
