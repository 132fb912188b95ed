import { toAmount } from '../../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../../core/values/json-schema.ts';
import type { Control } from '../../../core/provider/provider.ts';
import { confirmCancellation as confirm, endMembership } from '../cancellation.ts';
import { assert } from '../errors.ts';
import { grant, toNewMember, toProfile } from '../members.ts';
import type { Inveterate } from '../operation.ts';
import { presentMember } from '../present.ts';
import { toOwnerKey, type Member } from '../state.ts';
import { credits, customerId, getNamed, toOwner, type Named } from './named.ts';

interface NewMember extends Named {
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phoneNumber?: string;
  readonly notes?: string;
  readonly credits?: number;
}

/** FIDELITY: a customer's profile comes from the shop, not through this API (vendor docs). */
export const createMember: Control<Inveterate, NewMember> = {
  describe: 'Create a member as the shop does: at once, with name and address.',
  schema: toObjectSchema(['merchantId', 'customerId'], {
    merchantId: text,
    customerId,
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
    assert(state.merchants.find(owner.merchantId), 'CONTROL_WITHOUT_MERCHANT');
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
    merchantId: text,
    customerId,
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
  schema: toObjectSchema(['merchantId', 'customerId'], { merchantId: text, customerId }),
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
    merchantId: text,
    customerId,
    source: { enum: ['MERCHANT', 'FAILURE'], description: 'MERCHANT if left out.' },
  }),
  run: (context) => {
    const { source = 'MERCHANT' } = context.args;
    const member = getNamed(context.state, context.args);
    assert(member.cancellation?.status !== 'CANCELLED', 'CONTROL_CANCELLED');
    return presentMember(endMembership(context, member, source), context.state);
  },
};
