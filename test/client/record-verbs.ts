import { expect } from 'vitest';

import type { Problem, Sandbox, Steering } from '../../src/client.ts';
import { RULE_NAMES } from '../../src/audit/finding.ts';
import { START } from '../support/emulator.ts';

/** What every form of an emulator as a whole has. */
export type Whole = Pick<Steering, 'sandboxes' | 'providers' | 'health'>;

/** What is done with a sandbox, or with all of them, the same in every form. */
interface Use {
  readonly act: (sandbox: Sandbox, emulator: Whole) => Promise<unknown>;
  /** The same on the command line, where there is a verb for it. */
  readonly words?: readonly string[];
}

export interface Verb extends Use {
  readonly name: string;
  readonly before?: (sandbox: Sandbox) => Promise<unknown>;
  readonly answer: unknown;
  /** What the command prints, where that is not the answer. */
  readonly printed?: unknown;
  /** What it prints for people; nothing if left out. */
  readonly shown?: unknown;
  /** Something that is refused, and how. */
  readonly refused?: Use & { readonly how: Pick<Problem, 'status' | 'title' | 'detail' | 'hint'> };
}

/** Lines as they are printed. */
export function table(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

const anything = expect.anything() as unknown;

const NO_PROVIDER = {
  status: 400,
  title: 'Unknown provider',
  detail: 'query/provider: There is no provider "klam"; did you mean "klaim"?',
  hint: 'GET /_emulator/providers lists them.',
};

/** Those that look at what happened. */
export const RECORD_VERBS: readonly Verb[] = [
  {
    name: 'requests.list',
    act: ({ requests }) => requests.list({ provider: 'klaim', status: 200, body: { credit_delta: -25 }, count: true }),
    answer: { requests: [expect.objectContaining({ id: 'case-1', operation: 'updateUserCredits' })], total: 1 },
    refused: {
      act: ({ requests }) => requests.list({ provider: 'klam' }),
      words: ['requests', '--provider', 'klam'],
      how: NO_PROVIDER,
    },
  },
  {
    name: 'requests.get',
    act: ({ requests }) => requests.get('case-1'),
    words: ['requests'],
    shown: expect.stringMatching(
      /^PUT {2}\/users\/ada\/credits {2}klaim.updateUserCredits {2}200 {2}[\d.]+ ms {2}in case\n$/,
    ) as unknown,
    answer: expect.objectContaining({ id: 'case-1', answer: expect.objectContaining({ status: 200 }) as unknown }),
    refused: {
      act: ({ requests }) => requests.get('case-9'),
      how: {
        status: 404,
        title: 'No such exchange',
        detail: 'The journal of "case" has no "case-9".',
        hint: 'The journal keeps the last ones of a sandbox only, and none over a reset.',
      },
    },
  },
  {
    name: 'requests.clear',
    act: async ({ requests }) => [await requests.clear(), await requests.list()],
    answer: [undefined, { requests: [] }],
  },
  {
    name: 'requests.verify',
    act: ({ requests }) =>
      requests.verify({ match: { operation: 'updateUserCredits', subject: 'ada' }, count: { exactly: 1 } }),
    answer: { verified: true, matched: 1 },
    refused: {
      act: ({ requests }) => requests.verify({ match: { subject: 'ada', body: { credit_delta: 25 } } }),
      how: {
        status: 422,
        title: 'Not verified',
        detail:
          '0 exchanges in "case" fit, not at least 1. Nearest is case-1 (PUT /users/ada/credits, 200): body.credit_delta is -25, not 25.',
        hint: 'GET /_emulator/requests/case-1 shows it whole.',
      },
    },
  },
  {
    name: 'requests.har',
    act: ({ requests }) => requests.har({ subject: 'ada' }),
    answer: { log: expect.objectContaining({ version: '1.2', entries: [anything] }) as unknown },
    refused: {
      act: ({ requests }) => requests.har({ operation: 'updateUserCredit' }),
      how: {
        status: 400,
        title: 'Unknown operation',
        detail: 'query/operation: No provider has an operation "updateUserCredit"; did you mean "updateUserCredits"?',
        hint: 'GET /_emulator/providers/{id} lists those of a provider.',
      },
    },
  },
  {
    name: 'ledger.list',
    act: ({ ledger }) => ledger.list({ provider: 'klaim', account: 'ada' }),
    words: ['ledger', '--provider', 'klaim', '--account', 'ada'],
    shown: table(
      'ID  AT                        BY                       TENANT       ACCOUNT  DELTA  BALANCE  UNIT     REQUEST  MEMO',
      `1   ${START}  klaim.updateUserCredits  app_lantern  ada      -25    675      credits  case-1`,
    ),
    answer: {
      entries: [
        {
          id: '1',
          at: START,
          provider: 'klaim',
          tenant: 'app_lantern',
          account: 'ada',
          unit: 'credits',
          delta: '-25',
          before: '700',
          after: '675',
          cause: 'request',
          operation: 'updateUserCredits',
          requestId: 'case-1',
          key: null,
          memo: null,
        },
      ],
    },
    refused: {
      act: ({ ledger }) => ledger.list({ limit: 0 }),
      words: ['ledger', '--limit', '0'],
      how: {
        status: 400,
        title: 'Not what the act takes',
        detail: 'query/limit must be >= 1',
        hint: 'GET /_emulator/specs/emulator.yaml describes the control API.',
      },
    },
  },
  {
    name: 'audit',
    act: ({ audit }) => audit({ rules: ['double-effect', 'off-contract'] }),
    words: ['audit', '--rules', 'double-effect,off-contract'],
    shown: 'Nothing is wrong with the clients, as far as the record tells.\n',
    answer: { findings: [], waived: 0 },
    refused: {
      act: ({ audit }) => audit({ rules: ['off-contact' as 'off-contract'] }),
      words: ['audit', '--rules', 'off-contact'],
      how: {
        status: 400,
        title: 'Unknown rule of the audit',
        detail: 'query/rules: There is no rule "off-contact"; did you mean "off-contract"?',
        hint: 'docs/audit.md says what each of them finds.',
      },
    },
  },
  {
    name: 'audit.clear',
    act: async ({ audit }) => [await audit.clear(), await audit()],
    answer: [undefined, { findings: [], waived: 0 }],
  },
  {
    name: 'audit.allow',
    act: async ({ audit }) => [await audit.allow('double-effect', 'no-key'), await audit()],
    answer: [undefined, { findings: [], waived: 0 }],
    refused: {
      act: ({ audit }) => audit.allow('off-contact' as 'off-contract'),
      how: {
        status: 400,
        title: 'Not what the act takes',
        detail: `body/rules/0 must be equal to one of the allowed values (${RULE_NAMES.join(', ')}; did you mean "off-contract"?)`,
        hint: 'GET /_emulator/specs/emulator.yaml describes the control API.',
      },
    },
  },
  {
    name: 'accounts.list',
    act: ({ accounts }) => accounts.list({ tenant: 'app_lantern', account: 'ada' }),
    answer: {
      accounts: [
        {
          provider: 'klaim',
          tenant: 'app_lantern',
          account: 'ada',
          name: 'Ada Okafor',
          unit: 'credits',
          balance: '675',
        },
      ],
    },
    refused: { act: ({ accounts }) => accounts.list({ provider: 'klam' }), how: NO_PROVIDER },
  },
];
