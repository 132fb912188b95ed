import {
  drawPerson,
  drawUuid,
  oneForEach,
  pastInstant,
  toCompany,
  type GeneratedList,
  type GenerationPlace,
} from '../../core/provider/generation.ts';
import { renderInstant, toInstant } from '../../core/values/clock.ts';
import { toObjectSchema } from '../../core/values/json-schema.ts';

/** The time of the first transaction of each wallet, and the time between two. */
const FIRST = Date.UTC(2025, 0, 1);
const BETWEEN = 3_600_000;
const SMALLEST_GRANT = 100;

export const generate: Readonly<Record<string, GeneratedList>> = {
  customers: {
    fields: { tier: true, createdAt: pastInstant },
    complete: (made, place) => {
      const { index } = place;
      const name = toCompany(index);
      const email = `billing.${index + 1}@generated.example`;
      return { id: drawCustomer(place, index), name, email, apiKey: `om_generated_${index + 1}`, ...made };
    },
  },
  users: {
    needs: { customers: oneForEach(10_000) },
    fields: {
      metadata: toObjectSchema(['plan'], { plan: { enum: ['free', 'pro', 'team'] } }),
      createdAt: pastInstant,
    },
    complete: (made, place) => ({
      id: toUserId(place.index),
      customerId: drawCustomerOf(place.index, place),
      email: drawPerson(place).email,
      ...made,
    }),
  },
  teams: {
    needs: { customers: oneForEach(100) },
    fields: {},
    complete: (_, place) => ({
      id: `generated-team-${place.index + 1}`,
      customerId: drawCustomerOf(place.index, place),
      name: `${toCompany(place.index)} team`,
    }),
  },
  wallets: {
    needs: { users: (count) => count },
    fields: { balance: { type: 'integer', minimum: 0, maximum: 10_000 }, createdAt: pastInstant },
    complete: ({ balance, ...made }, place) => {
      const { index, size } = place;
      const user = index % size('users');
      return {
        id: drawWallet(place, index),
        customerId: drawCustomerOf(user, place),
        userId: toUserId(user),
        // With transactions, the balance follows from them.
        ...(index >= size('transactions') && { balance }),
        ...made,
      };
    },
  },
  transactions: {
    needs: { wallets: oneForEach(4) },
    fields: { description: { enum: [null, 'Monthly credits', 'Top-up'] } },
    complete: (made, place) => {
      const { index, size, draw } = place;
      const wallets = size('wallets');
      const nth = Math.floor(index / wallets);
      // Every second transaction burns part of the previous one, so the balance is never below 0.
      const isBurn = nth % 2 === 1;
      const granted = SMALLEST_GRANT + draw('granted', 900, isBurn ? index - wallets : index);
      return {
        id: drawUuid(place, 'transaction'),
        walletId: drawWallet(place, index % wallets),
        transactionType: isBurn ? 'BURN' : (['GRANT', 'PURCHASE'] as const)[draw('kind', 2)],
        amount: isBurn ? -1 - draw('burned', granted) : granted,
        createdAt: renderInstant(toInstant(FIRST + nth * BETWEEN)),
        ...made,
        ...(isBurn && { description: 'Usage' }),
      };
    },
  },
  events: {
    needs: { users: oneForEach(10) },
    fields: {
      event_type: true,
      feature_id: { enum: ['chat', 'search', 'images', 'summaries'] },
      creditsBurned: { type: 'integer', minimum: 0, maximum: 50 },
      timestamp: pastInstant,
    },
    complete: (made, place) => {
      const user = place.index % place.size('users');
      return {
        event_id: `generated-${place.index + 1}`,
        customer_id: drawCustomerOf(user, place),
        user_id: toUserId(user),
        ...made,
      };
    },
  },
  entitlements: {
    needs: { customers: oneForEach(100) },
    fields: {
      featureId: { enum: ['chat', 'search', 'images', 'summaries'] },
      limitType: true,
      limitValue: { type: 'integer', minimum: 1, maximum: 1000 },
      period: true,
    },
    complete: (made, place) => ({
      id: drawUuid(place, 'entitlement'),
      customerId: drawCustomerOf(place.index, place),
      ...made,
    }),
  },
  burnTables: {
    needs: { customers: oneForEach(100) },
    fields: {},
    complete: (_, place) => ({
      id: drawUuid(place, 'burn table'),
      customerId: drawCustomerOf(place.index, place),
      name: `${toCompany(place.index)} credits`,
      rules: {
        default: {
          input_tokens: 1 + place.draw('input', 9),
          output_tokens: 1 + place.draw('output', 9),
          per_unit: 1000,
        },
      },
      createdAt: renderInstant(toInstant(FIRST + place.index * BETWEEN)),
    }),
  },
  unitPrices: {
    fields: { provider: true, costType: true },
    complete: (made, place) => ({
      model: `generated-model-${place.index + 1}`,
      costPerUnit: (1 + place.draw('price', 99)) / 100,
      ...made,
    }),
  },
  quotas: {
    needs: { customers: (count) => count },
    fields: { used: { type: 'integer', minimum: 0, maximum: 9999 } },
    complete: (made, place) => ({
      customerId: drawCustomerOf(place.index, place),
      // Each customer has one quota for each month.
      period: toPeriod(Math.floor(place.index / place.size('customers'))),
      ...made,
    }),
  },
};

function toPeriod(month: number): string {
  return `${2025 + Math.floor(month / 12)}-${(month % 12) + 1}`;
}

function drawCustomer(place: GenerationPlace, index: number): string {
  return drawUuid(place, 'customer', index);
}

/** Draws the customer of a user or team. */
function drawCustomerOf(index: number, place: GenerationPlace): string {
  return drawCustomer(place, index % place.size('customers'));
}

function toUserId(index: number): string {
  return `generated-user-${index + 1}`;
}

function drawWallet(place: GenerationPlace, index: number): string {
  return drawUuid(place, 'wallet', index);
}
