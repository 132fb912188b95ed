import { toFieldsSchema, type EntryOf } from '../../core/provider/fields.ts';
import { toAmount } from '../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import { toMonth } from './calendar.ts';
import { assert } from './errors.ts';
import { createId } from './identifiers.ts';
import type { OpenMonetize } from './operation.ts';
import { presentBurnTable, presentCustomer, presentNewUser } from './present.ts';
import { isInt64 } from './rules.ts';
import {
  unitPriceFields,
  type BurnTable,
  type Customer,
  type Metadata,
  type State,
  type Team,
  type TeamId,
  type UserId,
} from './state.ts';
import { post } from './transactions.ts';
import { addUser } from './users.ts';

/** @throws CONTROL_WITHOUT_CUSTOMER */
function getCustomer(state: State, id: string): Customer {
  const customer = state.customers.find(id);
  assert(customer, 'CONTROL_WITHOUT_CUSTOMER');
  return customer;
}

interface NewUser {
  readonly customerId: string;
  readonly id?: string;
  readonly externalUserId?: string;
  readonly email?: string;
  readonly metadata?: Metadata;
}

/** FIDELITY: in profile seed, only a script makes users (real server). */
export const createUser: Control<OpenMonetize, NewUser> = {
  describe: 'Create a user of a customer. In profile seed, no operation does; the vendor has a script.',
  schema: toObjectSchema(['customerId'], {
    customerId: text,
    id: { ...text, description: 'The id that grants name. Random if left out.' },
    externalUserId: { ...text, description: "The customer's own id for the user. Default: `id`." },
    email: text,
    metadata: { type: 'object' },
  }),
  run: ({ args, ...context }) => {
    const { state, random } = context;
    const customer = getCustomer(state, args.customerId);
    const id = (args.id ?? createId(random, 'user', state.users)) as UserId;
    const externalUserId = args.externalUserId ?? id;
    assert(!state.users.find(id) && !state.users.findBy('external', customer.id, externalUserId), 'ID_TAKEN');
    const { email = null, metadata = null } = args;
    return presentNewUser(addUser(context, { id, customerId: customer.id, externalUserId, email, metadata })).data;
  },
};

/** FIDELITY: no operation creates a team (real server). */
export const createTeam: Control<OpenMonetize, { readonly customerId: string; readonly name: string }> = {
  describe: 'Create a team of a customer, so that credits can be granted to it.',
  schema: toObjectSchema(['customerId', 'name'], { customerId: text, name: text }),
  run: ({ state, random, args: { customerId, name } }) => {
    const id = createId(random, 'team', state.teams) as TeamId;
    const team: Team = { id, customerId: getCustomer(state, customerId).id, name };
    state.teams.put(team);
    return team;
  },
};

interface Adjustment {
  readonly walletId: string;
  readonly amount: number;
  readonly description?: string;
}

/** ASSUMED: the vendor has types for refunds and expiries, but nothing that writes them, so this control does. */
export const adjustWallet: Control<OpenMonetize, Adjustment> = {
  describe: 'Add credits to a wallet (REFUND) or remove some (EXPIRATION).',
  schema: toObjectSchema(['walletId', 'amount'], {
    walletId: text,
    amount: {
      type: 'integer',
      minimum: -Number.MAX_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      not: { const: 0 },
      description: 'Whole credits. A negative amount removes credits.',
    },
    description: text,
  }),
  run: (context) => {
    const { walletId, amount, description = 'Adjustment' } = context.args;
    const wallet = context.state.wallets.find(walletId);
    assert(wallet, 'CONTROL_WITHOUT_WALLET');
    const after = BigInt(wallet.balance) + BigInt(amount);
    assert(isInt64(after), 'OUT_OF_RANGE');
    const step = { amount: toAmount(amount), before: wallet.balance, after: toAmount(after.toString()) };
    const { id } = post(context, wallet, step, {
      transactionType: amount > 0 ? 'REFUND' : 'EXPIRATION',
      customerId: wallet.customerId,
      description,
      metadata: {},
    });
    return { transactionId: id, balance: step.after };
  },
};

export const suspendCustomer: Control<
  OpenMonetize,
  { readonly customerId: string; readonly status?: Customer['status'] }
> = {
  describe: 'Suspend a customer, so that its key is refused, or set another status.',
  schema: toObjectSchema(['customerId'], {
    customerId: text,
    status: { enum: ['ACTIVE', 'SUSPENDED', 'CHURNED'], default: 'SUSPENDED' },
  }),
  run: ({ state, args: { customerId, status = 'SUSPENDED' } }) => {
    const customer: Customer = { ...getCustomer(state, customerId), status };
    state.customers.put(customer);
    return presentCustomer(customer).data;
  },
};

/** FIDELITY: prices of images and videos come from an optional script of an installation (server source). */
export const setUnitPrice: Control<OpenMonetize, EntryOf<typeof unitPriceFields>> = {
  describe: "Set a provider's price for an image or a second of video, as a script of the vendor does.",
  schema: toFieldsSchema(unitPriceFields),
  run: ({ state, args: { costPerUnit, ...named } }) => {
    const price = { ...named, costPerUnit: toAmount(costPerUnit) };
    state.unitPrices.put(price);
    return price;
  },
};

interface NewBurnTable {
  readonly customerId?: string;
  readonly name: string;
  readonly rules: BurnTable['rules'];
}

/** FIDELITY: in profile head, no operation reaches the service that makes them (real server). */
export const addBurnTable: Control<OpenMonetize, NewBurnTable> = {
  describe: 'Add a burn table for one customer or for all, with rules in any spelling.',
  schema: toObjectSchema(['name', 'rules'], {
    customerId: { ...text, description: 'Default: all customers.' },
    name: text,
    rules: { type: 'object', description: 'By model or `default`: input_tokens, output_tokens and per_unit.' },
  }),
  run: ({ state, now, random, ids, args: { customerId, name, rules } }) => {
    const table: BurnTable = {
      id: createId(random, 'burn table', state.burnTables),
      customerId: customerId === undefined ? null : getCustomer(state, customerId).id,
      name,
      version: 1,
      rules,
      isActive: true,
      validFrom: now,
      validUntil: null,
      createdAt: now,
      updatedAt: now,
      place: ids.next('burn table'),
    };
    state.burnTables.put(table);
    return presentBurnTable(table);
  },
};

/** ASSUMED: the quota counts as if that number of events had been sent. */
export const setQuotaUsage: Control<OpenMonetize, { readonly customerId: string; readonly used: number }> = {
  describe: "Set the number of events that this month's quota has counted for a customer.",
  schema: toObjectSchema(['customerId', 'used'], {
    customerId: text,
    used: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  }),
  run: ({ state, now, args: { customerId, used } }) => {
    const quota = { customerId: getCustomer(state, customerId).id, period: toMonth(now), used };
    state.quotaCounts.put(quota);
    return quota;
  },
};
