import {
  anyText,
  credential,
  fault,
  field,
  instant,
  numericAmount,
  oneOf,
  text,
  type RecordOf,
} from '../../core/provider/fields.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import type { Brand } from '../../core/values/brand.ts';
import { ZERO } from '../../core/values/decimal.ts';
import { amount } from '../../core/values/json-schema.ts';
import { FAILURES } from './errors.ts';

export type AppId = Brand<string, 'AppId'>;
export type KlaimId = Brand<string, 'KlaimId'>;

export const appFields = {
  app_id: text<AppId>().describe('Our name for the app; Klaim shows none.'),
  name: text(),
  api_key: credential().describe('What clients send as Bearer.'),
};

/** A company's app. Its key decides which users a caller sees. */
export interface App extends RecordOf<typeof appFields> {
  /** The position in the order of seeding. */
  readonly place: number;
}

export const userFields = {
  app_id: text<AppId>().describe('The app that the user belongs to.'),
  user_id: text().derived().describe('Without one, the klaim_id.'),
  klaim_id: text<KlaimId>({ pattern: '^-?[0-9]+_[0-9A-Za-z]{5}$' })
    .derived()
    .describe('Without one, made of created_at.'),
  email: text(),
  credit_balance: numericAmount().or(ZERO).describe(`${amount.description} 0 if left out.`),
  created_at: instant({
    description: 'RFC 3339, milliseconds, or relative to the start: now-P30D. Now if left out.',
    anyOf: [{ type: 'string' }, { type: 'integer' }],
  }),
  acquisition_source: oneOf('api', 'promotion', 'member_manual').or('api'),
  name: anyText().optional(),
  metadata: field<Readonly<Record<string, unknown>>>({ schema: { type: 'object' } }).optional(),
  fault: fault({ id: 'klaim', codes: FAILURES }),
};

/** A user of one app, together with the credits it holds. */
export interface User extends RecordOf<typeof userFields> {
  /** The position in the order of adding; orders users of the same millisecond. */
  readonly place: number;
}

export const collections = {
  apps: defineCollection({
    key: (app: App) => app.appId,
    unique: { apiKey: (app) => [app.apiKey] },
    orders: { place: (app) => [app.place] },
  }),
  users: defineCollection({
    key: (user: User) => user.klaimId,
    // FIDELITY: e-mail and user_id are unique in an app, not beyond it (vendor docs, "user_id and klaim_id").
    unique: {
      userId: (user) => [user.appId, user.userId],
      email: (user) => [user.appId, user.email],
      // Across all apps, because the user_id of a request is known before its app.
      fault: (user) => (user.fault === undefined ? undefined : [user.userId]),
    },
    // ASSUMED: oldest first, as ids that begin with milliseconds sort.
    orders: { created: (user) => [user.appId, user.createdAt, user.place, user.klaimId] },
    balances: [
      { field: 'creditBalance', unit: 'credits', tenant: (user) => user.appId, account: (user) => user.userId },
    ],
  }),
};

export type State = StateOf<typeof collections>;
