import fc from 'fast-check';
import type TestAgent from 'supertest/lib/agent.js';
import { expect, it } from 'vitest';

import { compose } from '../src/compose/compose.ts';
import { toConfig } from '../src/config/config.ts';
import type { Account } from '../src/core/store/balance-book.ts';
import type { Commit } from '../src/core/store/commit.ts';
import { add, subtract, type Amount } from '../src/core/values/decimal.ts';
import { bundled } from '../src/providers/index.ts';
import { BODY_LIMIT, commandsOf, Pools, type Command } from './support/commands.ts';
import { controlCommandsOf } from './support/control-commands.ts';
import { serve, START } from './support/emulator.ts';
import { takeLogged, testLogger } from './support/log.ts';
import { withoutMagic } from './support/magic.ts';
import { propertyRuns } from './support/property.ts';
import { loadDocument, loadRequests } from './support/requests.ts';
import { sendCommand } from './support/send-command.ts';

const STEPS = 120;

type Step =
  | { readonly kind: 'command'; readonly provider: string; readonly prefix: string; readonly command: Command }
  | { readonly kind: 'reset' }
  | { readonly kind: 'import' };

/** Operations, controls and moves of the clock, of all providers, and now and then all state at once. */
async function createSteps(): Promise<fc.Arbitrary<readonly Step[]>> {
  const commands = await Promise.all(
    bundled.map(async ({ provider }) => {
      const document = await loadDocument(provider.document);
      const requests = await loadRequests(provider.id);
      const toStep =
        (prefix: string) =>
        (command: Command): Step => ({ kind: 'command', provider: provider.id, prefix, command });
      return fc.oneof(
        { weight: 3, arbitrary: commandsOf(document, requests, provider.basePaths).map(toStep(`/${provider.id}`)) },
        { weight: 1, arbitrary: controlCommandsOf(provider, requests).map(toStep('/_emulator')) },
      );
    }),
  );
  const step = fc.oneof(
    { weight: 30, arbitrary: fc.oneof(...commands) },
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
    if (commit.cause.kind === 'replace') this.opening = this.standing;
    for (const entry of commit.ledger) {
      const name = toName(entry);
      const before = this.#amounts.get(name) ?? ('0' as Amount);
      expect([entry.before, entry.delta]).toEqual([before, subtract(entry.after, entry.before)]);
      this.#amounts.set(name, add(before, entry.delta));
    }
  }

  /** With which it opened. */
  opening: ReadonlyMap<string, Amount> = new Map();

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

async function take(app: TestAgent, step: Step, pools: ReadonlyMap<string, Pools>): Promise<void> {
  if (step.kind === 'reset') await app.post('/_emulator/reset').expect(204);
  // What a reset brings back are magic subjects too, and those end connections.
  if (step.kind !== 'command') {
    const { body } = (await app.get('/_emulator/state')) as { body: object };
    await app.put('/_emulator/state').send(withoutMagic(body)).expect(204);
  } else {
    const { provider, prefix, command } = step;
    const own = pools.get(provider);
    if (!own || command.operationId.includes('Stream')) return;
    const { status, body } = await sendCommand(app, command, { prefix, pools: own, isStream: false });
    if (status < 300) own.learn(body);
  }
}

it('no balance changes without an entry in the feed: operations, controls, scheduled items, clock, resets, imports', async () => {
  const steps = await createSteps();
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const config = toConfig({ clock: START, bodyLimit: BODY_LIMIT, requestFaults: false }, bundled);
      const { loadApp, sandboxes } = await compose(config, testLogger);
      const app = await serve(loadApp());
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
        await take(app, step, pools);
        expect(toStanding(sandbox.openingAccounts() ?? [])).toEqual(balances.opening);
        expect(balances.standing).toEqual(toStanding(sandbox.accounts()));
      }
      expect(sandbox.feed.hasForgotten).toBe(false);
      takeLogged();
    }),
    { numRuns: Math.min(propertyRuns(3), 100), endOnFailure: true, seed: 20_260_103 },
  );
});
