import { describe, expect, expectTypeOf, it } from 'vitest';

import type { Sandbox, SandboxEvent } from '../../src/client.ts';
import type { ControlName, OperationName } from '../../src/client/names.ts';
import type { components } from '../../src/generated/emulator.ts';
import type { Controls, Operations } from '../../src/generated/names.ts';
import { startEmulator } from '../support/emulator.ts';

describe('the types of a client', () => {
  it('know the URLs of bundled providers, and of no others', async () => {
    const { urls } = await startEmulator({ providers: ['klaim'] });
    expectTypeOf(urls.klaim).toEqualTypeOf<string>();
    const { tally } = urls;
    expectTypeOf(tally).toEqualTypeOf<string | undefined>();
    expect(urls).toEqual({ klaim: expect.stringMatching(/^http:/) as string });
  });

  it('know the operations and controls of a provider, without aliases', () => {
    expectTypeOf<Operations['klaim']>().toEqualTypeOf<
      'listUsers' | 'createUser' | 'getUser' | 'updateUser' | 'getUserCredits' | 'updateUserCredits'
    >();
    expectTypeOf<Controls['inveterate']>().toEqualTypeOf<
      | 'useCode'
      | 'createMember'
      | 'expireCredits'
      | 'settle'
      | 'changeTier'
      | 'confirmCancellation'
      | 'cancelMembership'
      | 'announce'
    >();
  });

  it('accept the names of a provider from outside', () => {
    expectTypeOf<'updateUserCredits'>().toExtend<OperationName<'klaim'>>();
    expectTypeOf<'add'>().toExtend<OperationName<'tally'>>();
    expectTypeOf<'addMember'>().toExtend<ControlName<'klaim'>>();
  });

  it('know the data of each event, and have every event', () => {
    expectTypeOf<SandboxEvent['data']>().toEqualTypeOf<components['schemas']['Event']>();
    type ClockEvent = Extract<SandboxEvent, { readonly event: 'clock' }>;
    expectTypeOf<ClockEvent['data']['frozen']>().toEqualTypeOf<boolean>();
  });

  it('refuse unknown fields of rules and filters', () => {
    type Rule = Parameters<Sandbox['faults']['add']>[0];
    type Filters = Parameters<Sandbox['requests']['list']>[0];
    const effect = { status: 500 } as const;
    expectTypeOf({ operation: ['getUser', 'updateUser'] as const, effect }).toExtend<Rule>();
    // @ts-expect-error An unknown effect.
    ({ effect: { statsu: 500 } }) satisfies Rule;
    // @ts-expect-error An unknown filter.
    ({ operatoin: 'updateUserCredits' }) satisfies Filters;
  });
});
