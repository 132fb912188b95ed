import { add, negate, toAmount } from '../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import { hasten } from './changes.ts';
import { assert } from './errors.ts';
import { loseCredits, post, REDEEMED } from './ledger.ts';
import { grant, toNewMember, toProfile } from './members.ts';
import type { Inveterate } from './operation.ts';
import { createOrderId } from './orders.ts';
import { presentEntry, presentMember } from './present.ts';
import { changeCredits } from './rules.ts';
import {
  toEntryKey,
  toOwnerKey,
  type CustomerId,
  type Member,
  type MerchantId,
  type Owner,
  type State,
} from './state.ts';

const customerId = { type: 'string', pattern: '^[0-9]{1,32}$' };
const credits = { type: 'number', exclusiveMinimum: 0 };

interface Named {
  readonly merchantId: string;
  readonly customerId: string;
}

function toOwner({ merchantId, customerId: id }: Named): Owner {
  return { merchantId: merchantId as MerchantId, customerId: id as CustomerId };
}

/** @throws CONTROL_WITHOUT_MEMBER */
function getMember(state: State, named: Named): Member {
  const member = state.members.find(toOwnerKey(toOwner(named)));
  assert(member, 'CONTROL_WITHOUT_MEMBER');
  return member;
}

/** The entry that was written last. */
function presentLast(state: State, member: Member) {
  const entry = state.entries.find(toEntryKey({ ...member, sequence: member.entries }));
  return entry && presentEntry(entry);
}

interface Use {
  readonly code: string;
  readonly orderId?: string;
  readonly orderTotal?: number;
}

/** FIDELITY: the balance falls only then, by a row of the ledger (a live client). ASSUMED: by all of the code's value. */
export const useCode: Control<Inveterate, Use> = {
  describe: 'Order with a redemption code, which takes what it is worth from the balance and is gone.',
  schema: toObjectSchema(['code'], {
    code: text,
    orderId: { type: 'string', pattern: '^[0-9]{1,15}$', description: 'Of Shopify; made up if left out.' },
    orderTotal: { type: 'number', minimum: 0, description: 'What the member spent; nothing if left out.' },
  }),
  run: (context) => {
    const { state, now, ids, args } = context;
    const member = state.members.findBy('code', args.code);
    assert(member?.redemption, 'CONTROL_WITHOUT_CODE');
    const orderId = args.orderId ?? createOrderId(ids, member.orderIds);
    const totalSpend = add(member.totalSpend, toAmount(args.orderTotal ?? 0));
    assert(Number.isFinite(Number(totalSpend)), 'OUT_OF_RANGE');
    const used = post(state, member, {
      amount: negate(member.redemption.value),
      reason: REDEEMED,
      note: 'Credit Redemption',
      orderId,
      createdAt: now,
    });
    const after: Member = {
      ...used,
      redemption: null,
      redemptions: member.redemptions + 1,
      lastRedemptionAt: now,
      orderIds: [...member.orderIds, Number(orderId)],
      totalSpend,
      lastPurchaseAt: now,
    };
    state.members.put(after);
    return presentLast(state, after);
  },
};

interface NewMember extends Named {
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phoneNumber?: string;
  readonly notes?: string;
  readonly credits?: number;
}

/** FIDELITY: who a customer is comes from the shop, and not through this API (vendor docs). */
export const createMember: Control<Inveterate, NewMember> = {
  describe: 'Make a member as the shop does: at once, and with name and address.',
  schema: toObjectSchema(['merchantId', 'customerId'], {
    merchantId: text,
    customerId,
    email: text,
    firstName: text,
    lastName: text,
    phoneNumber: text,
    notes: text,
    credits: { ...credits, description: 'What the member starts with.' },
  }),
  run: (context) => {
    const { state, now, args } = context;
    const owner = toOwner(args);
    assert(state.merchants.find(owner.merchantId), 'CONTROL_WITHOUT_MERCHANT');
    assert(!state.members.find(toOwnerKey(owner)), 'MEMBER_EXISTS');
    const made: Member = { ...toNewMember(owner, state.members.size, now), ...toProfile(args) };
    const member = args.credits === undefined ? made : grant(context, made, { amount: toAmount(args.credits) });
    state.members.put(member);
    return presentMember(member);
  },
};

/** FIDELITY: expired credits are a row of their own (v1 docs). */
export const expireCredits: Control<Inveterate, Named & { readonly amount?: number }> = {
  describe: 'Have credits of a member expire now, those first that are spent first.',
  schema: toObjectSchema(['merchantId', 'customerId'], {
    merchantId: text,
    customerId,
    amount: { ...credits, description: 'How many; all that are left if left out.' },
  }),
  run: ({ state, now, args }) => {
    const member = getMember(state, args);
    const lost = args.amount === undefined ? member.balance : toAmount(args.amount);
    const outcome = changeCredits({ balance: member.balance, reserved: undefined }, negate(lost), true);
    assert(typeof outcome !== 'string', typeof outcome === 'string' ? outcome : 'OVERDRAFT');
    const after = loseCredits(state, member, lost, now);
    state.members.put(after);
    return presentLast(state, after);
  },
};

/** FIDELITY: effects may come later than their 201 (published document); when, nobody says. */
export const settle: Control<Inveterate, Partial<Named>> = {
  describe:
    'Have changes that wait have their effect now, in their order: all of them, or those of a merchant or member.',
  schema: toObjectSchema([], { merchantId: text, customerId }),
  run: (context) => {
    const { merchantId, customerId: id } = context.args;
    const waiting = [...context.state.pending.list('settling')].filter(
      (one) =>
        one.refused === null &&
        (merchantId === undefined || one.merchantId === merchantId) &&
        (id === undefined || one.customerId === id),
    );
    const refused = hasten(context, waiting);
    return {
      settled: waiting.length - refused.length,
      refused: refused.map(({ customerId: of, change, refused: code }) => ({
        customerId: of,
        kind: change.kind,
        code,
      })),
    };
  },
};
