import { toAmount } from '../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import { assert } from './errors.ts';
import { createId } from './identifiers.ts';
import type { OpenMonetize } from './operation.ts';
import { presentCustomer, presentNewUser } from './present.ts';
import { isInt64 } from './rules.ts';
import type { Customer, CustomerStatus, Metadata, State, Team, TeamId, UserId } from './state.ts';
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

/** FIDELITY: in profile seed users come from a script only (real server). */
export const createUser: Control<OpenMonetize, NewUser> = {
  describe: 'Make a user of a customer, as only a script of the vendor does in profile seed.',
  schema: toObjectSchema(['customerId'], {
    customerId: text,
    id: { ...text, description: 'By which credits are granted; one is made up if left out.' },
    externalUserId: { ...text, description: "The customer's own id; as `id` if left out." },
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

/** FIDELITY: no call makes a team (real server). */
export const createTeam: Control<OpenMonetize, { readonly customerId: string; readonly name: string }> = {
  describe: 'Make a team of a customer, to which credits can be granted.',
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

/** ASSUMED: the vendor has types for refunds and expiries, and nothing that writes them; this does. */
export const adjustWallet: Control<OpenMonetize, Adjustment> = {
  describe: 'Add credits to a wallet or take some, with a transaction of type REFUND or EXPIRATION.',
  schema: toObjectSchema(['walletId', 'amount'], {
    walletId: text,
    amount: {
      type: 'integer',
      minimum: -Number.MAX_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      not: { const: 0 },
      description: 'Whole credits; negative ones expire.',
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

export const suspendCustomer: Control<OpenMonetize, { readonly customerId: string; readonly status?: CustomerStatus }> =
  {
    describe: 'Suspend a customer, whose key is unknown from then on, or give it another status.',
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
