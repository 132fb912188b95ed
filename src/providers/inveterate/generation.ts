import {
  drawPerson,
  oneForEach,
  pastInstant,
  toCompany,
  type GeneratedList,
  type GenerationPlace,
} from '../../core/provider/generation.ts';
import { toListSchema } from '../../core/values/json-schema.ts';

/** Customers' ids start above this, so that they differ from those of other fixtures. */
const BEFORE = 9_000_000_000_000;

export const generate: Readonly<Record<string, GeneratedList>> = {
  merchants: {
    fields: { currency: { enum: ['USD', 'EUR', 'GBP', 'JPY'] } },
    complete: (made, { index }) => ({
      merchantId: toMerchantId(index),
      name: toCompany(index),
      apiKey: `inveterate_generated_${index + 1}`,
      ...made,
    }),
  },
  members: {
    needs: { merchants: oneForEach(10_000) },
    fields: {
      credits: {
        ...toListSchema(['amount', 'reason', 'note'], {
          amount: { type: 'integer', minimum: 1, maximum: 200 },
          reason: { enum: ['MANUAL'] },
          note: { enum: [null, 'Sorry for the delay', 'A welcome gift'] },
        }),
        minItems: 0,
        maxItems: 4,
      },
      totalSpend: { type: 'integer', minimum: 0, maximum: 3000 },
      lastPurchaseAt: pastInstant,
      referrals: { type: 'integer', minimum: 0, maximum: 5 },
    },
    complete: (made, place) => {
      const { firstName, lastName, email } = drawPerson(place);
      const entries = made['credits'] as readonly Entry[];
      const credits = toLedger(entries, place);
      return {
        ...toOwner(place.index, place),
        email,
        firstName,
        lastName,
        ...made,
        credit: credits.reduce((sum, { amount }) => sum + amount, 0),
        credits,
        joinedAt: '2024-12-01T00:00:00.000Z',
      };
    },
  },
  pending: {
    needs: { members: (count) => count },
    fields: { amount: { type: 'integer', minimum: 1, maximum: 50 }, acceptedAt: pastInstant },
    complete: (made, place) => ({
      id: 1_000_001 + place.index,
      ...toOwner(place.index % place.size('members'), place),
      kind: 'credits',
      ...made,
      settlesAt: '2031-01-01T00:00:00.000Z',
    }),
  },
  subscriptions: {
    needs: { merchants: oneForEach(10) },
    // Only topics that a control announces: a generated receiver does not answer.
    fields: { topic: { enum: ['customer.ordered', 'customer.payment_failed', 'customer.payment_succeeded'] } },
    complete: (made, { index, size }) => ({
      merchantId: toMerchantId(index % size('merchants')),
      id: index.toString(16).padStart(32, '0'),
      callbackUrl: 'http://127.0.0.1:9100/hook',
      name: `hook ${index + 1}`,
      ...made,
      createdAt: '2025-01-01T00:00:00.000Z',
    }),
  },
};

interface Entry {
  readonly amount: number;
  readonly note: string | null;
}

/** Every second entry takes part of what the one before it gave, so that the balance never falls below 0. */
function toLedger(entries: readonly Entry[], { draw }: GenerationPlace): readonly Entry[] {
  return entries.map((entry, at) => {
    const before = entries[at - 1];
    const isTaken = at % 2 === 1 && before !== undefined;
    const changed = isTaken ? { amount: -1 - draw(`taken ${at}`, before.amount), note: null } : undefined;
    return { ...entry, ...changed, createdAt: `2025-0${at + 1}-15T12:00:00.000Z` };
  });
}

function toOwner(member: number, { size }: GenerationPlace) {
  return { merchantId: toMerchantId(member % size('merchants')), customerId: String(BEFORE + member + 1) };
}

function toMerchantId(index: number): string {
  return `generated-${index + 1}`;
}
