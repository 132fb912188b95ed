import fc from 'fast-check';
import supertest from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { expect, it } from 'vitest';

import { compose } from '../src/compose.ts';
import { toConfig } from '../src/config/config.ts';
import { Contract } from '../src/core/contract/contract.ts';
import type { Sandbox } from '../src/core/sandbox/sandbox.ts';
import type { Account } from '../src/core/store/balance-book.ts';
import type { Commit } from '../src/core/store/commit.ts';
import { readBundled } from '../src/core/values/bundled-file.ts';
import { add, subtract, type Amount } from '../src/core/values/decimal.ts';
import { bundled } from '../src/providers/index.ts';
import { BODY_LIMIT, commandsOf, Pools, type Command } from './support/commands.ts';
import { START } from './support/emulator.ts';
import { takeLogged, testLogger } from './support/log.ts';
import { withoutMagic } from './support/magic.ts';
import { propertyRuns } from './support/property.ts';
import { loadRequests } from './support/requests.ts';
import { sendCommand } from './support/send-command.ts';

const STEPS = 120;

/** What happens to providers outside their APIs, as their controls have it; many are refused, which changes nothing. */
const CONTROLS: readonly (readonly [path: string, args: object])[] = [
  ['decentraland/grant', { address: '$pool:address:0', amount: '7.25' }],
  ['decentraland/consume', { address: '$pool:address:0', amount: '2' }],
  ['decentraland/revoke', { address: '$pool:address:0', creditId: '$pool:id:0' }],
  ['decentraland/endSeason', {}],
  ['inveterate/createMember', { merchantId: '$pool:merchantId:0', customerId: '77' }],
  ['inveterate/expireCredits', { merchantId: '$pool:merchantId:0', customerId: '$pool:customerId:0' }],
  ['inveterate/useCode', { code: '$pool:code:0' }],
  ['inveterate/settle', {}],
  ['klaim/addMember', { app_id: '$pool:app_id:0', email: '$pool:email:0' }],
  ['openmonetize/adjustWallet', { walletId: '$pool:walletId:0', amount: 40 }],
  ['openmonetize/adjustWallet', { walletId: '$pool:walletId:0', amount: -15 }],
  ['gamefuse/createGame', { name: 'Another' }],
];

type Step =
  | { readonly kind: 'command'; readonly provider: string; readonly command: Command }
  | { readonly kind: 'control'; readonly path: string; readonly args: object }
  | { readonly kind: 'advance'; readonly by: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'import' }
  | { readonly kind: 'due' };

async function createSteps(): Promise<fc.Arbitrary<readonly Step[]>> {
  const commands = await Promise.all(
    bundled.map(async ({ provider }) => {
      const { document } = await Contract.load((await readBundled(provider.document)) as object, { check: false });
      const arbitrary = commandsOf(document, await loadRequests(provider.id), provider.basePaths);
      return arbitrary.map((command): Step => ({ kind: 'command', provider: provider.id, command }));
    }),
  );
  const control = fc.tuple(fc.constantFrom(...CONTROLS), fc.nat(1000)).map(([[path, args], n]): Step => {
    const chosen = JSON.stringify(args).replaceAll(':0"', `:${n}"`);
    return { kind: 'control', path, args: JSON.parse(chosen) as object };
  });
  const step = fc.oneof(
    { weight: 20, arbitrary: fc.oneof(...commands) },
    { weight: 8, arbitrary: control },
    {
      weight: 3,
      arbitrary: fc.constantFrom('PT1S', 'PT2H', 'P10D', 'P70D').map((by): Step => ({ kind: 'advance', by })),
    },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'reset' }, { kind: 'import' }) },
  );
  return fc.array(step, { minLength: STEPS, maxLength: STEPS, size: 'max' });
}

/** What the commits of a feed come to, from the balances with which it opened. */
class Balances {
  #amounts = new Map<string, Amount>();
  #seq = 0;
  readonly #openings: (commit: Commit) => Iterable<Account>;

  constructor(openings: (commit: Commit) => Iterable<Account>) {
    this.#openings = openings;
  }

  take(commit: Commit): void {
    if (commit.cause.kind === 'replace') {
      if (commit.cause.how === 'reset') this.#seq = 0;
      this.#amounts = new Map([...this.#openings(commit)].map((account) => [toName(account), account.balance]));
    }
    expect(commit.seq).toBe((this.#seq += 1));
    for (const entry of commit.ledger) {
      const name = toName(entry);
      const before = this.#amounts.get(name) ?? ('0' as Amount);
      expect([entry.before, entry.delta]).toEqual([before, subtract(entry.after, entry.before)]);
      this.#amounts.set(name, add(before, entry.delta));
    }
  }

  /** Those that are not 0, for an account that goes ends there. */
  get standing(): ReadonlyMap<string, Amount> {
    return new Map([...this.#amounts].filter(([, amount]) => amount !== '0'));
  }
}

function toName({ provider, tenant, account, unit }: Omit<Account, 'balance'>): string {
  return [provider, tenant, account, unit].join(' ');
}

function toStanding(accounts: Iterable<Account>): ReadonlyMap<string, Amount> {
  const sums = new Map<string, Amount>();
  for (const account of accounts) {
    const name = toName(account);
    sums.set(name, add(sums.get(name) ?? ('0' as Amount), account.balance));
  }
  return new Map([...sums].filter(([, amount]) => amount !== '0'));
}

async function take(app: TestAgent, step: Step, pools: ReadonlyMap<string, Pools>, sandbox: Sandbox): Promise<void> {
  switch (step.kind) {
    case 'command': {
      const { provider: id, command } = step;
      const own = pools.get(id);
      if (!own || command.operationId.includes('Stream')) return;
      const { body } = await sendCommand(app, command, { id, pools: own, isStream: false });
      own.learn(body);
      return;
    }
    case 'control': {
      const own = pools.get(step.path.split('/', 1)[0] ?? '');
      await app.post(`/_emulator/controls/${step.path}`).send(own?.fill(step.args) ?? step.args);
      return;
    }
    case 'advance':
      await app.post('/_emulator/clock/advance').send({ by: step.by }).expect(200);
      return;
    case 'reset':
      await app.post('/_emulator/reset').expect(204);
      return;
    case 'import': {
      const { body } = (await app.get('/_emulator/state')) as { body: object };
      await app.put('/_emulator/state').send(withoutMagic(body)).expect(204);
      return;
    }
    case 'due':
      sandbox.catchUp();
  }
}

it('no balance changes without an entry in the feed: operations, controls, due items, clock, resets, imports', async () => {
  const steps = await createSteps();
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const config = toConfig({ clock: START, bodyLimit: BODY_LIMIT, requestFaults: false }, bundled);
      const { app: handler, sandboxes } = await compose(config, testLogger);
      const app = supertest(handler);
      const sandbox = sandboxes.get('default');
      const balances = new Balances(() => sandbox.openingAccounts() ?? []);
      for (const commit of sandbox.feed.since(0)) balances.take(commit);
      sandbox.feed.listen((commit) => {
        balances.take(commit);
      });
      const { body: seed } = (await app.get('/_emulator/state')) as { body: Readonly<Record<string, object>> };
      await app.put('/_emulator/state').send(withoutMagic(seed)).expect(204);
      const pools = new Map<string, Pools>();
      for (const { provider } of bundled) {
        const own = new Pools(await loadRequests(provider.id));
        own.learn(seed[provider.id]);
        pools.set(provider.id, own);
      }
      for (const step of run) {
        await take(app, step, pools, sandbox);
        expect(balances.standing).toEqual(toStanding(sandbox.accounts()));
      }
      expect(sandbox.feed.hasForgotten).toBe(false);
      takeLogged();
    }),
    { numRuns: Math.min(propertyRuns(3), 100), endOnFailure: true, seed: 20_260_103 },
  );
});
