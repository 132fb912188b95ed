import { parseWritten } from '../calendar.ts';
import type { Instant } from '../../../core/values/clock.ts';
import { assert } from '../errors.ts';
import { createId } from '../identifiers.ts';
import type { SeedOperation } from '../operation.ts';
import { presentBurnTable } from '../present.ts';
import { findBurnTable } from '../rating.ts';
import type { BurnTable, CustomerId, State } from '../state.ts';

// FIDELITY: every key can read and change all burn tables (server source).

/** FIDELITY: newest first (server source). ASSUMED: `isActive` selects active ones if it is `true`, and else all. */
export const listBurnTables: SeedOperation<'listBurnTables'> = ({ state, query: { customerId, isActive } }) => {
  const tables =
    customerId === undefined
      ? state.burnTables.list('created', { reverse: true })
      : state.burnTables.list('customer', { within: [customerId], reverse: true });
  const data = [...tables].filter((table) => isActive !== 'true' || table.isActive).map(presentBurnTable);
  return { status: 200, body: { data, total: data.length } };
};

interface WrittenRule {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly perUnit?: number;
}

const TOKENS_PER_RULE = 1000;

/** FIDELITY: rules are stored in camel case as sent, although the rating reads snake case (server source). */
function toRules(written: Readonly<Record<string, WrittenRule>>): BurnTable['rules'] {
  const entries = Object.entries(written).map(([model, { inputTokens, outputTokens, perUnit = TOKENS_PER_RULE }]) => {
    return [model, { inputTokens, outputTokens, perUnit }] as const;
  });
  return Object.fromEntries(entries);
}

// FIDELITY: a new table deactivates the customer's active ones (server source). ASSUMED: the customer must exist, and
// the table is valid from now on by default.
export const createBurnTable: SeedOperation<'createBurnTable'> = ({ body, state, now, random, ids }) => {
  const customer = body.customerId === undefined ? null : state.customers.find(body.customerId);
  assert(customer !== undefined, 'CREATE_BURN_TABLE_FAILED');
  const validFrom = parseWritten(body.validFrom) ?? now;
  const validUntil = parseWritten(body.validUntil) ?? null;
  assert(validFrom !== 'invalid' && validUntil !== 'invalid', 'CREATE_BURN_TABLE_FAILED');
  if (customer) deactivateOf(state, customer.id, now);
  const table: BurnTable = {
    id: createId(random, 'burn table', state.burnTables),
    customerId: customer?.id ?? null,
    name: body.name,
    version: 1,
    rules: toRules(body.rules),
    isActive: true,
    validFrom,
    validUntil,
    createdAt: now,
    updatedAt: now,
    place: ids.next('burn table'),
  };
  state.burnTables.put(table);
  return { status: 201, body: { data: presentBurnTable(table) } };
};

function deactivateOf(state: State, customerId: CustomerId, now: Instant): void {
  const active = [...state.burnTables.list('customer', { within: [customerId] })].filter(({ isActive }) => isActive);
  for (const table of active) state.burnTables.put({ ...table, isActive: false, updatedAt: now });
}

function getTable(state: State, id: string): BurnTable {
  const table = state.burnTables.find(id);
  assert(table, 'NO_BURN_TABLE');
  return table;
}

export const getBurnTable: SeedOperation<'getBurnTable'> = ({ state, path }) => ({
  status: 200,
  body: { data: presentBurnTable(getTable(state, path.id)) },
});

/** ASSUMED: the version stays, and an invalid instant changes nothing. */
export const updateBurnTable: SeedOperation<'updateBurnTable'> = ({ state, path, body, now }) => {
  const known = getTable(state, path.id);
  const { name = known.name, isActive = known.isActive } = body;
  const table: BurnTable = {
    ...known,
    name,
    isActive,
    rules: body.rules ? toRules(body.rules) : known.rules,
    validFrom: toGiven(parseWritten(body.validFrom)) ?? known.validFrom,
    validUntil: toGiven(parseWritten(body.validUntil)) ?? known.validUntil,
    updatedAt: now,
  };
  state.burnTables.put(table);
  return { status: 200, body: { data: presentBurnTable(table) } };
};

function toGiven(instant: ReturnType<typeof parseWritten>): Instant | undefined {
  return instant === 'invalid' ? undefined : instant;
}

export const deleteBurnTable: SeedOperation<'deleteBurnTable'> = ({ state, path, now }) => {
  state.burnTables.put({ ...getTable(state, path.id), isActive: false, updatedAt: now });
  return { status: 200, body: { message: 'Burn table deactivated successfully' } };
};

export const getActiveBurnTable: SeedOperation<'getActiveBurnTable'> = ({ state, path, now }) => {
  const table = findBurnTable(state, path.customerId, now);
  assert(table, 'NO_ACTIVE_BURN_TABLE');
  return { status: 200, body: { data: presentBurnTable(table), isDefault: table.customerId === null } };
};
