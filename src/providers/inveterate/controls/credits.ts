import { add, negate, toAmount } from '../../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../../core/values/json-schema.ts';
import type { Control } from '../../../core/provider/provider.ts';
import { hasten } from '../changes.ts';
import { assert } from '../errors.ts';
import { loseCredits, post, REDEEMED } from '../ledger.ts';
import type { Inveterate } from '../operation.ts';
import { createOrderId } from '../orders.ts';
import { presentEntry } from '../present.ts';
import { changeCredits } from '../rules.ts';
import { toEntryKey, type Member, type State } from '../state.ts';
import { credits, customerId, getNamed, type Named } from './named.ts';

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
    merchantId: text,
    customerId,
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
