import { text, orNull, toListSchema } from '../../core/values/json-schema.ts';
import { faultField } from '../../core/provider/magic-subject.ts';
import { goalSchemas, type GoalSections } from './goals/fixture.ts';
import type { FlagCause } from './state.ts';
import { usdSchemas, type UsdSections } from './usd/fixture.ts';
import { address, mana, uuid } from './written.ts';

/** The section `decentraland:` of a fixture. */
export interface Section extends GoalSections, UsdSections {
  readonly seasons?: readonly SeasonEntry[];
  readonly wallets?: readonly WalletEntry[];
  readonly credits?: readonly CreditEntry[];
}

export interface SeasonEntry {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly maxMana?: string | number;
  readonly isPaused?: boolean;
}

export interface WalletEntry {
  readonly address: string;
  readonly registeredAt?: string;
  readonly flag?: FlagEntry | null;
  readonly optedOutAt?: string | null;
  readonly fault?: string;
}

export interface FlagEntry {
  readonly cause: FlagCause;
  readonly until?: string | null;
  readonly ip?: string | null;
  readonly linkedAddresses?: readonly string[];
}

export interface CreditEntry {
  readonly id: string;
  readonly address: string;
  readonly amount: string;
  readonly spent?: string;
  readonly ended?: boolean;
  readonly createdAt?: string;
  readonly expiresAt?: string | null;
  readonly seasonId?: number;
  readonly goalId?: string;
  readonly weekId?: number;
  readonly claimedAt?: string | null;
}

const instant = { type: 'string', description: 'RFC 3339, or relative to the start: now+PT1H.' };

export const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    seasons: toListSchema(['id', 'name', 'startDate', 'endDate'], {
      id: { type: 'integer', minimum: 1 },
      name: text,
      description: { type: 'string' },
      startDate: instant,
      endDate: instant,
      maxMana: {
        description: 'How much can be given in all, in MANA.',
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?$' },
        ],
      },
      isPaused: { type: 'boolean' },
    }),
    wallets: toListSchema(['address'], {
      address,
      registeredAt: { ...instant, description: 'RFC 3339, or relative to the start. Now if left out.' },
      // Without `anyOf`, so that what is wrong in it is told where it is.
      flag: {
        type: ['object', 'null'],
        additionalProperties: false,
        required: ['cause'],
        properties: {
          cause: { enum: ['multi-account', 'captcha'] },
          until: orNull(instant),
          ip: orNull(text),
          linkedAddresses: { type: 'array', items: address },
        },
      },
      optedOutAt: orNull({ ...instant, description: 'When the user has left the program.' }),
      fault: faultField,
    }),
    credits: toListSchema(['id', 'address', 'amount'], {
      id: uuid,
      address,
      amount: mana,
      spent: { ...mana, description: 'Of the amount; 0 if left out.' },
      ended: { type: 'boolean', description: 'Taken back, or expired.' },
      createdAt: instant,
      expiresAt: orNull({ ...instant, description: 'Never, if null or left out.' }),
      seasonId: { type: 'integer', minimum: 0 },
      goalId: text,
      weekId: { type: 'integer', minimum: 1 },
      claimedAt: orNull({ ...instant, description: 'Given by hand, if null or left out.' }),
    }),
    ...goalSchemas,
    ...usdSchemas,
  },
};
