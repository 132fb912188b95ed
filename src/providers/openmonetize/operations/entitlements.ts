import { assertOwn } from '../auth.ts';
import { toAmount, type Amount } from '../../../core/values/decimal.ts';
import { checkEntitlement as check } from '../entitlements.ts';
import { assert, type ErrorCode } from '../errors.ts';
import { createId } from '../identifiers.ts';
import type { Calling, HeadOperation, SeedOperation } from '../operation.ts';
import { presentEntitlement, presentLimit, presentSavedEntitlement } from '../present.ts';
import { findInt64 } from '../rules.ts';
import type { Entitlement, Metadata, State } from '../state.ts';

export const checkEntitlement: SeedOperation<'checkEntitlement'> = (call) => {
  assertOwn(call.principal, call.body.customerId);
  return answerCheck(call);
};

export const checkOwnEntitlement: HeadOperation<'checkEntitlement'> = (call) => answerCheck(call);

function answerCheck(call: Calling & { readonly body: Parameters<typeof check>[1] }) {
  const { actions, ...verdict } = check(call, call.body);
  return { status: 200 as const, body: { ...verdict, actions: actions.map((remedy) => ({ ...remedy })) } };
}

interface NewEntitlement {
  readonly userId?: string;
  readonly featureId: string;
  readonly limitType: Entitlement['limitType'];
  readonly limitValue?: number | null;
  readonly period?: Entitlement['period'];
  readonly metadata?: Metadata;
}

export const createEntitlement: SeedOperation<'createEntitlement'> = (call) => {
  const { body, principal } = call;
  assertOwn(principal, body.customerId);
  // FIDELITY: null, also as converted from empty text, breaks the call in this profile (server source).
  assert(body.limitValue !== null, 'CREATE_ENTITLEMENT_FAILED');
  return answerNew(call, body);
};

export const createOwnEntitlement: HeadOperation<'createEntitlement'> = (call) => answerNew(call, call.body);

// FIDELITY: the user must exist but can be another customer's; a feature can have several entitlements (server source).
function answerNew({ state, principal, random, ids }: Calling, given: NewEntitlement) {
  const { userId, featureId, limitType, limitValue, period = null, metadata = null } = given;
  const user = userId === undefined ? null : state.users.find(userId);
  assert(user !== undefined, 'CREATE_ENTITLEMENT_FAILED');
  const entitlement: Entitlement = {
    id: createId(random, 'entitlement', state.entitlements),
    customerId: principal.id,
    userId: user?.id ?? null,
    featureId,
    limitType,
    limitValue: toLimit(limitValue, 'CREATE_ENTITLEMENT_FAILED') ?? null,
    period,
    metadata,
    place: ids.next('entitlement'),
  };
  state.entitlements.put(entitlement);
  return { status: 201 as const, body: presentSavedEntitlement(entitlement) };
}

/** FIDELITY: a fraction or a value beyond 64 bits breaks the call (server source). */
function toLimit(value: number | null | undefined, code: ErrorCode): Amount | null | undefined {
  if (value === undefined || value === null) return value;
  const whole = findInt64(value);
  assert(whole !== undefined, code);
  return toAmount(whole.toString());
}

interface Addressed {
  readonly state: State;
  readonly principal: Calling['principal'];
  readonly path: { readonly id: string };
}

/** FIDELITY: an unknown id is refused before another customer's (server source). */
function getOwn({ state, principal, path }: Addressed): Entitlement {
  const entitlement = state.entitlements.find(path.id);
  assert(entitlement, 'NO_ENTITLEMENT');
  assert(entitlement.customerId === principal.id, 'FOREIGN_ENTITLEMENT');
  return entitlement;
}

// FIDELITY: profile head accepts a period of null, which changes nothing (server source).
export const updateEntitlement: SeedOperation<'updateEntitlement'> & HeadOperation<'updateEntitlement'> = (
  call: Calling & Addressed & { readonly body: Partial<NewEntitlement> },
) => {
  const known = getOwn(call);
  const { limitType = known.limitType, limitValue, period, metadata = known.metadata } = call.body;
  const limit = toLimit(limitValue, 'UPDATE_ENTITLEMENT_FAILED');
  const entitlement: Entitlement = {
    ...known,
    limitType,
    limitValue: limit === undefined ? known.limitValue : limit,
    period: period ?? known.period,
    metadata,
  };
  call.state.entitlements.put(entitlement);
  return { status: 200, body: presentSavedEntitlement(entitlement) };
};

export const deleteEntitlement: SeedOperation<'deleteEntitlement'> & HeadOperation<'deleteEntitlement'> = (
  call: Calling & Addressed,
) => {
  call.state.entitlements.delete(getOwn(call).id);
  return { status: 204 };
};

/** FIDELITY: without ids; a limit of 0 is shown as 0 (server source). */
export const listEntitlements: SeedOperation<'listEntitlements'> = ({ state, path, principal }) => {
  assertOwn(principal, path.customerId);
  const data = listOf(state, principal.id).map(({ featureId, limitType, limitValue }) => ({
    featureId,
    limitType,
    limitValue: presentLimit(limitValue),
  }));
  return { status: 200, body: { data } };
};

export const listOwnEntitlements: HeadOperation<'listEntitlements'> = ({ state, principal, now }) => ({
  status: 200,
  body: { data: listOf(state, principal.id).map((entitlement) => presentEntitlement(entitlement, state, now)) },
});

/** ASSUMED: the oldest first. */
function listOf(state: State, customerId: string): readonly Entitlement[] {
  return [...state.entitlements.list('customer', { within: [customerId] })];
}
