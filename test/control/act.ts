import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import { Failure } from '../../src/core/wire/failure.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { asItIs } from '../support/deliveries.ts';
import { START } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { problem } from './api.ts';

/** A request to the control API in a sandbox of its own, and all of its answer: over HTTP, by the client and by a verb. */
export interface Act {
  readonly status: number;
  /** Below `/_emulator`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What has happened in the sandbox. */
  readonly before?: (sandbox: Sandbox, call: (path: string, body: object) => Promise<unknown>) => Promise<unknown>;
  /** Parsed if it is JSON; of a stream, its first event. */
  readonly answer: unknown;
  /** What the sandbox then holds. */
  readonly left?: readonly [read: (sandbox: Sandbox) => Promise<unknown>, holds: unknown];
  /** A method of the client and its arguments. */
  readonly call?: readonly [method: string, ...given: readonly unknown[]];
  /** What the client gives, if that is not the answer. */
  readonly result?: unknown;
  /** The same on the command line. */
  readonly words?: readonly string[];
  /** What `--json` prints, if that is not the answer. */
  readonly printed?: unknown;
  /** What is printed for people; nothing if left out. */
  readonly shown?: unknown;
}

export const SANDBOX = 'case';
/** The emulator gives its addresses as they are there. */
export const PUBLIC_URL = 'http://emulator.example';
/** What the folder of each verb holds. */
export const FILES = { 'state.json': '{"tally":{"counters":[{"name":"a","count":9}]}}', 'wrong.json': '{"tali":{}}' };

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

type Given = Omit<Act, 'status' | 'path'>;

interface Refusal extends Omit<Given, 'answer'> {
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
}

export const ok = (path: string, given: Given): Act => ({ status: 200, path, ...given });
export const made = (path: string, given: Given): Act => ({ status: 201, path, ...given });
export const done = (path: string, given: Omit<Given, 'answer'>): Act => ({
  ...{ status: 204, path, answer: undefined },
  ...given,
});
export const refused = (status: number, path: string, { title, detail, hint, ...given }: Refusal): Act => ({
  ...{ status, path, answer: problem(status, title, detail, hint).body },
  ...given,
});

/** Lines as they are printed. */
export function table(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Adds 5 to the counter "a", as the exchange "case-1". */
export const count: NonNullable<Act['before']> = async (_, call) => {
  await call(`/_sandbox/${SANDBOX}/tally/counters/a/add`, { by: 5, key: 'k', memo: 'm' });
};

/** The ledger entry of that. */
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
