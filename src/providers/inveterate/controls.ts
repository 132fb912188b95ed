import { add, negate, toAmount } from '../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import { confirmCancellation as confirm, endMembership } from './cancellation.ts';
import { hasten } from './changes.ts';
import { assert } from './errors.ts';
import { createOrderId, loseCredits, post, REDEEMED } from './ledger.ts';
import { grant, toNewMember, toProfile } from './members.ts';
import type { Inveterate } from './operation.ts';
import { presentEntry, presentMember } from './present.ts';
import { changeCredits } from './rules.ts';
import {
  toEntryKey,
  toOwnerKey,
  TOPICS,
  type CustomerId,
  type Member,
  type MerchantId,
  type Owner,
  type Profile,
  type State,
  type Topic,
} from './state.ts';

/** A member as controls name it. */
interface Named {
  readonly merchantId: string;
  readonly customerId: string;
}

const customerId = { type: 'string', pattern: '^[0-9]{1,32}$' };
const named = { merchantId: text, customerId };
const credits = { type: 'number', exclusiveMinimum: 0 };

function toOwner({ merchantId, customerId: id }: Named): Owner {
  return { merchantId: merchantId as MerchantId, customerId: id as CustomerId };
}

/** @throws CONTROL_WITHOUT_MEMBER */
function getNamed(state: State, args: Named): Member {
  const member = state.members.find(toOwnerKey(toOwner(args)));
  assert(member, 'CONTROL_WITHOUT_MEMBER');
  return member;
}

/** Presents the latest entry. */
function presentLast(state: State, member: Member) {
  const entry = state.entries.find(toEntryKey({ ...member, sequence: member.entries }));
  return entry && presentEntry(entry);
}

interface Use {
  readonly code: string;
  readonly orderId?: string;
  readonly orderTotal?: number;
}

/** FIDELITY: only this lowers the balance, by a ledger row (a live client). ASSUMED: by the code's whole value. */
export const useCode: Control<Inveterate, Use> = {
  describe: 'Order with a redemption code. Subtracts its value from the balance and deletes the code.',
  schema: toObjectSchema(['code'], {
    code: text,
    orderId: {
      type: 'string',
      pattern: '^[0-9]{1,15}$',
      description: 'The number of the Shopify order. Generated if left out.',
    },
    orderTotal: { type: 'number', minimum: 0, description: 'The amount that the member spent. 0 if left out.' },
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

/** FIDELITY: expired credits have their own row (v1 docs). */
export const expireCredits: Control<Inveterate, Named & { readonly amount?: number }> = {
  describe: 'Expire credits of a member now, in the order in which they would be spent.',
  schema: toObjectSchema(['merchantId', 'customerId'], {
    ...named,
    amount: { ...credits, description: 'The number of credits. All remaining ones if left out.' },
  }),
  run: ({ state, now, args }) => {
    const member = getNamed(state, args);
    const lost = args.amount === undefined ? member.balance : toAmount(args.amount);
    const outcome = changeCredits({ balance: member.balance, reserved: undefined }, negate(lost), true);
    assert(typeof outcome !== 'string', typeof outcome === 'string' ? outcome : 'OVERDRAFT');
    const after = loseCredits(state, member, lost, now);
    state.members.put(after);
    return presentLast(state, after);
  },
};

/** FIDELITY: effects may come later than their 201 (published document), which does not say when. */
export const settle: Control<Inveterate, Partial<Named>> = {
  describe: 'Apply pending changes now, in their order: all of them, or those of a merchant or member.',
  schema: toObjectSchema([], named),
  run: (context) => {
    const { merchantId, customerId: id } = context.args;
    const waiting = [...context.state.pending.list('settling')].filter(
      (one) =>
        one.refused === null &&
        (merchantId === undefined || one.merchantId === merchantId) &&
        (id === undefined || one.customerId === id),
    );
    const refused = hasten(context, waiting).map((one) => {
      return { customerId: one.customerId, kind: one.change.kind, code: one.refused };
    });
    return { settled: waiting.length - refused.length, refused };
  },
};

type NewMember = Named & Partial<Profile> & { readonly credits?: number };

/** FIDELITY: a customer's profile comes from the shop, not through this API (vendor docs). */
export const createMember: Control<Inveterate, NewMember> = {
  describe: 'Create a member as the shop does: at once, with name and address.',
  schema: toObjectSchema(['merchantId', 'customerId'], {
    ...named,
    email: text,
    firstName: text,
    lastName: text,
    phoneNumber: text,
    notes: text,
    credits: { ...credits, description: 'The first balance.' },
  }),
  run: (context) => {
    const { state, now, args } = context;
    const owner = toOwner(args);
    assert(state.merchants.find(args.merchantId), 'CONTROL_WITHOUT_MERCHANT');
    assert(!state.members.find(toOwnerKey(owner)), 'MEMBER_EXISTS');
    const made: Member = { ...toNewMember(owner, state.members.size, now), ...toProfile(args) };
    const member = args.credits === undefined ? made : grant(context, made, { amount: toAmount(args.credits) });
    state.members.put(member);
    return presentMember(member, state);
  },
};

/** FIDELITY: a member's tier depends on purchases in the shop (help centre). */
export const changeTier: Control<Inveterate, Named & { readonly segmentId: string | null }> = {
  describe: 'Move a member to another tier, or to none.',
  schema: toObjectSchema(['merchantId', 'customerId', 'segmentId'], {
    ...named,
    segmentId: { type: ['string', 'null'], description: 'A tier of the merchant. Null for none.' },
  }),
  run: ({ state, now, args }) => {
    const member = getNamed(state, args);
    const tiers = state.merchants.find(member.merchantId)?.tiers ?? [];
    const { segmentId } = args;
    assert(segmentId === null || tiers.some((tier) => tier.segmentId === segmentId), 'CONTROL_WITHOUT_TIER');
    const { segmentId: _, ...others } = member.enrolment;
    const enrolment = segmentId === null ? others : { ...others, segmentId };
    const changed: Member = { ...member, enrolment, updatedAt: now };
    state.members.put(changed);
    return presentMember(changed, state);
  },
};

/** FIDELITY: the customer confirms by a link in a mail (v1 docs). */
export const confirmCancellation: Control<Inveterate, Named> = {
  describe: 'Confirm the requested cancellation as the customer.',
  schema: toObjectSchema(['merchantId', 'customerId'], named),
  run: (context) => {
    const member = getNamed(context.state, context.args);
    assert(member.cancellation?.status === 'REQUESTED', 'CONTROL_WITHOUT_REQUEST');
    return presentMember(confirm(context, member), context.state);
  },
};

/** FIDELITY: the shop may end a membership, and a failed payment ends it (vendor docs, webhooks). */
export const cancelMembership: Control<Inveterate, Named & { readonly source?: 'MERCHANT' | 'FAILURE' }> = {
  describe: 'End a membership now, by the shop or because a payment failed.',
  schema: toObjectSchema(['merchantId', 'customerId'], {
    ...named,
    source: { enum: ['MERCHANT', 'FAILURE'], description: 'MERCHANT if left out.' },
  }),
  run: (context) => {
    const { source = 'MERCHANT' } = context.args;
    const member = getNamed(context.state, context.args);
    assert(member.cancellation?.status !== 'CANCELLED', 'CONTROL_CANCELLED');
    return presentMember(endMembership(context, member, source), context.state);
  },
};

interface Announced {
  readonly merchantId: string;
  readonly topic: Topic;
  readonly payload: object;
  readonly customerId?: string;
}

/** Maximum length of a payload as JSON, in characters. */
const LONGEST = 65_536;

/** ASSUMED: the payload of most topics is not documented, so only the given payload is sent. */
export const announce: Control<Inveterate, Announced> = {
  describe: 'Send this payload to the subscriptions of a topic.',
  schema: toObjectSchema(['merchantId', 'topic', 'payload'], {
    merchantId: text,
    topic: { enum: TOPICS },
    payload: { type: 'object', description: 'Sent unchanged. At most 64 KiB.' },
    customerId: { ...customerId, description: 'The subject, for fault rules and lists of the emulator.' },
  }),
  run: ({ state, ids, args }) => {
    const { topic, payload } = args;
    const merchantId = args.merchantId as MerchantId;
    assert(state.merchants.find(merchantId), 'CONTROL_WITHOUT_MERCHANT');
    assert(JSON.stringify(payload).length <= LONGEST, 'TOO_LARGE');
    const about = args.customerId === undefined ? null : (args.customerId as CustomerId);
    const number = ids.next('announcement');
    state.announcements.put({ merchantId, number, topic, customerId: about, payload });
    return null;
  },
};
