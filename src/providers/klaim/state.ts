import type { Brand } from '../../core/values/brand.ts';
import type { Instant } from '../../core/values/clock.ts';
import type { Amount } from '../../core/values/decimal.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';

export type AppId = Brand<string, 'AppId'>;
export type KlaimId = Brand<string, 'KlaimId'>;
export type Metadata = Readonly<Record<string, unknown>>;
export type AcquisitionSource = 'api' | 'promotion' | 'member_manual';

/** A company's app. Its key decides which users a caller sees. */
export interface App {
  readonly appId: AppId;
  readonly name: string;
  readonly apiKey: string;
  /** Among the apps, in the order in which they were seeded. */
  readonly place: number;
}

/** A user of one app, together with the credits it holds. */
export interface User {
  readonly klaimId: KlaimId;
  readonly appId: AppId;
  /** The caller's own id, or the klaimId where the caller gave none. */
  readonly userId: string;
  readonly email: string;
  readonly creditBalance: Amount;
  readonly createdAt: Instant;
  /** Among all users, in the order in which they were added; tells those of one millisecond apart. */
  readonly place: number;
  readonly acquisitionSource: AcquisitionSource;
  readonly name?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** That every call about the user meets. */
  readonly fault?: string | undefined;
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
      // Of all apps, for a call is about a user_id before it is known whose key it has.
      fault: (user) => (user.fault === undefined ? undefined : [user.userId]),
    },
    // ASSUMED: oldest first, as ids that begin with their millisecond would sort.
    orders: { created: (user) => [user.appId, user.createdAt, user.place, user.klaimId] },
    balances: [
      { field: 'creditBalance', unit: 'credits', tenant: (user) => user.appId, account: (user) => user.userId },
    ],
  }),
};

export type State = StateOf<typeof collections>;
