import { renderInstant } from '../../core/values/clock.ts';
import { FixtureMistake, type FixtureFormat, type FixturePath } from '../../core/provider/fixture.ts';
import {
  assertUnheld,
  getReferred,
  listByPlace,
  loadEach,
  Loading,
  parseNumericAmount,
  toGiven,
} from '../../core/provider/loading.ts';
import { faultField, parseFaultField } from '../../core/provider/magic-subject.ts';
import { amount, credential, text, toListSchema, toObjectSchema } from '../../core/values/json-schema.ts';
import { FAILURES } from './errors.ts';
import { generate } from './generation.ts';
import type { AcquisitionSource, App, AppId, KlaimId, Metadata, State, User } from './state.ts';
import { toSeededKlaimId } from './users.ts';

/** The section `klaim:` of a fixture, in the words of the wire. */
interface Section {
  readonly apps?: readonly AppEntry[];
  readonly users?: readonly UserEntry[];
}

interface AppEntry {
  readonly app_id: string;
  readonly name: string;
  readonly api_key: string;
}

interface UserEntry {
  readonly app_id: string;
  readonly email: string;
  readonly user_id?: string;
  readonly klaim_id?: string;
  readonly name?: string;
  readonly credit_balance?: number | string;
  readonly created_at?: string | number;
  readonly acquisition_source?: AcquisitionSource;
  readonly metadata?: Metadata;
  readonly fault?: string;
}

const schema = toObjectSchema([], {
  apps: toListSchema(['app_id', 'name', 'api_key'], {
    app_id: { ...text, description: 'Our name for the app; Klaim shows none.' },
    name: text,
    api_key: { ...credential, description: 'What clients send as Bearer.' },
  }),
  users: toListSchema(['app_id', 'email'], {
    app_id: { ...text, description: 'The app that the user belongs to.' },
    email: text,
    user_id: { ...text, description: 'Without one, the klaim_id.' },
    klaim_id: { type: 'string', pattern: '^-?[0-9]+_[0-9A-Za-z]{5}$', description: 'Without one, made of created_at.' },
    name: { type: 'string' },
    credit_balance: { ...amount, description: `${amount.description} 0 if left out.` },
    created_at: {
      description: 'RFC 3339, milliseconds, or relative to the start: now-P30D. Now if left out.',
      anyOf: [{ type: 'string' }, { type: 'integer' }],
    },
    acquisition_source: { enum: ['api', 'promotion', 'member_manual'] },
    metadata: { type: 'object' },
    fault: faultField,
  }),
});

export const fixture: FixtureFormat<State, Section> = {
  schema,
  generate,

  load({ apps, users }, state, context) {
    const loading = new Loading(state, context);
    loadEach(apps, ['apps'], (entry, at) => loadApp(entry, at, loading));
    loadEach(users, ['users'], (entry, at) => loadUser(entry, at, loading));
  },

  dump(state) {
    return {
      apps: [...state.apps.list('place')].map(({ appId, name, apiKey }) => ({ app_id: appId, name, api_key: apiKey })),
      users: listByPlace(state.users).map(dumpUser),
    };
  },
};

function loadApp(entry: AppEntry, at: FixturePath, loading: Loading<State>): void {
  const { apps } = loading.state;
  const appId = entry.app_id as AppId;
  loading.assertNew(`app "${appId}"`, [...at, 'app_id']);
  const app: App = { appId, name: entry.name, apiKey: entry.api_key, place: apps.find(appId)?.place ?? apps.size };
  const holder = apps.findBy('apiKey', app.apiKey);
  assertUnheld(holder && holder.appId !== appId && `app "${holder.appId}"`, [...at, 'api_key']);
  apps.put(app);
}

function loadUser(entry: UserEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  const { appId } = getReferred(state.apps.find(entry.app_id), `app "${entry.app_id}"`, [...at, 'app_id']);
  const earlier = findEarlier(entry, appId, state);
  const createdAt = loading.parseInstant(entry.created_at, [...at, 'created_at']);
  const klaimId =
    (entry.klaim_id as KlaimId | undefined) ??
    earlier?.klaimId ??
    toSeededKlaimId(createdAt, state, context, `${appId} ${entry.user_id ?? entry.email}`);
  const user: User = {
    klaimId,
    appId,
    userId: entry.user_id ?? klaimId,
    email: entry.email,
    creditBalance: parseNumericAmount(entry.credit_balance ?? 0, [...at, 'credit_balance']),
    createdAt,
    place: earlier?.place ?? state.users.size,
    acquisitionSource: entry.acquisition_source ?? 'api',
    name: entry.name,
    metadata: entry.metadata,
    fault: parseFaultField(entry.fault, at, { id: 'klaim', codes: FAILURES }),
  };
  // By the klaim_id that it has and by the one that it had.
  if (earlier) loading.assertUnnamed(`user ${earlier.klaimId}`, at, `user "${user.userId}"`);
  loading.assertNew(`user ${klaimId}`, at, `user "${user.userId}"`);
  if (earlier && earlier.klaimId !== klaimId) state.users.delete(earlier.klaimId);
  assertFree(state.users.findBy('userId', appId, user.userId), user, [...at, 'user_id']);
  assertFree(state.users.findBy('email', appId, user.email), user, [...at, 'email']);
  assertFree(state.users.find(klaimId), user, [...at, 'klaim_id']);
  assertOnlyMagic(state.users.findBy('fault', user.userId), user, [...at, 'fault']);
  state.users.put(user);
}

/** The user that this entry replaces: the one with the same user_id, or else klaim_id, or else e-mail. */
function findEarlier({ user_id, klaim_id, email }: UserEntry, appId: AppId, state: State): User | undefined {
  if (user_id !== undefined) return state.users.findBy('userId', appId, user_id);
  if (klaim_id !== undefined) return state.users.find(klaim_id);
  return state.users.findBy('email', appId, email);
}

function assertFree(holder: User | undefined, user: User, at: FixturePath): void {
  const isOther = holder && (holder.klaimId !== user.klaimId || holder.appId !== user.appId);
  assertUnheld(isOther && `user "${holder.userId}"`, at);
}

/** A fault is found by the user_id alone, which several apps may have. */
function assertOnlyMagic(holder: User | undefined, user: User, at: FixturePath): void {
  if (!holder || user.fault === undefined || holder.klaimId === user.klaimId) return;
  throw new FixtureMistake(at, `The user "${user.userId}" of the app "${holder.appId}" has a fault, too.`);
}

function dumpUser(user: User): UserEntry {
  return {
    app_id: user.appId,
    user_id: user.userId,
    klaim_id: user.klaimId,
    email: user.email,
    credit_balance: user.creditBalance,
    created_at: renderInstant(user.createdAt),
    acquisition_source: user.acquisitionSource,
    ...toGiven({ name: user.name, metadata: user.metadata, fault: user.fault }),
  };
}
