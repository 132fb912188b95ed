import { describe, expect, expectTypeOf, it } from 'vitest';

import type { Sandbox, SandboxEvent } from '../../src/client.ts';
import type { ControlName, OperationName } from '../../src/client/names.ts';
import type { components } from '../../src/generated/emulator.ts';
import type { Controls, Operations } from '../../src/generated/names.ts';
import { startEmulator } from '../support/emulator.ts';

describe('the types of a client', () => {
  it('take the URLs of bundled providers for granted, and none of others', async () => {
    const { urls } = await startEmulator({ providers: ['klaim'] });
    expectTypeOf(urls.klaim).toEqualTypeOf<string>();
    const { tally } = urls;
    expectTypeOf(tally).toEqualTypeOf<string | undefined>();
    expect(urls).toEqual({ klaim: expect.stringMatching(/^http:/) as string });
  });

  it('know the operations and controls of a provider, without other spellings of the same', () => {
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

  it('leave room for the names of a provider from outside', () => {
    expectTypeOf<'updateUserCredits'>().toExtend<OperationName<'klaim'>>();
    expectTypeOf<'add'>().toExtend<OperationName<'tally'>>();
    expectTypeOf<'addMember'>().toExtend<ControlName<'klaim'>>();
  });

  it('know what is told of each event, and have every event', () => {
    expectTypeOf<SandboxEvent['data']>().toEqualTypeOf<components['schemas']['Event']>();
    type ClockEvent = Extract<SandboxEvent, { readonly event: 'clock' }>;
    expectTypeOf<ClockEvent['data']['frozen']>().toEqualTypeOf<boolean>();
  });

  it('refuse what no rule and no filter has', () => {
    type Rule = Parameters<Sandbox['faults']['add']>[0];
    type Filters = Parameters<Sandbox['requests']['list']>[0];
    const effect = { status: 500 } as const;
    expectTypeOf({ operation: ['getUser', 'updateUser'] as const, effect }).toExtend<Rule>();
    // @ts-expect-error An effect that is not there.
    ({ effect: { statsu: 500 } }) satisfies Rule;
    // @ts-expect-error A filter that is not there.
    ({ operatoin: 'updateUserCredits' }) satisfies Filters;
  });
});
