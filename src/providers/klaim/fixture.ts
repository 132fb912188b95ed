import { parseRelativeInstant, renderInstant, toInstant, type Instant } from '../../core/values/clock.ts';
import { toAmount, type Amount } from '../../core/values/decimal.ts';
import { toMessage } from '../../core/values/message.ts';
import {
  FixtureMistake,
  type FixtureContext,
  type FixtureFormat,
  type FixturePath,
} from '../../core/provider/fixture.ts';
import { text } from '../../core/values/json-schema.ts';
import { faultField, parseFaultField } from '../../core/provider/magic-subject.ts';
import { FAILURES } from './errors.ts';
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

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    apps: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['app_id', 'name', 'api_key'],
        properties: {
          app_id: { ...text, description: 'Our name for the app; Klaim shows none.' },
          name: text,
          api_key: { type: 'string', pattern: '^[^\\s~]+$', description: 'What clients send as Bearer.' },
        },
      },
    },
    users: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['app_id', 'email'],
        properties: {
          app_id: { ...text, description: 'The app that the user belongs to.' },
          email: text,
          user_id: { ...text, description: 'Without one, the klaim_id.' },
          klaim_id: {
            type: 'string',
            pattern: '^-?[0-9]+_[0-9A-Za-z]{5}$',
            description: 'Without one, made of created_at.',
          },
          name: { type: 'string' },
          credit_balance: {
            description: 'A number, or a decimal string for more digits than a number holds. 0 if left out.',
            anyOf: [{ type: 'number' }, { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }],
          },
          created_at: {
            description: 'RFC 3339, milliseconds, or relative to the start: now-P30D. Now if left out.',
            anyOf: [{ type: 'string' }, { type: 'integer' }],
          },
          acquisition_source: { enum: ['api', 'promotion', 'member_manual'] },
          metadata: { type: 'object' },
          fault: faultField,
        },
      },
    },
  },
};

export const fixture: FixtureFormat<State, Section> = {
  schema,

  load({ apps = [], users = [] }, state, context) {
    const loaded = new Set<string>();
    for (const [index, entry] of apps.entries()) loadApp(entry, ['apps', index], state, loaded);
    for (const [index, entry] of users.entries()) loadUser(entry, ['users', index], state, context, loaded);
  },

  dump(state) {
    return {
      apps: [...state.apps.list('place')].map(({ appId, name, apiKey }) => ({ app_id: appId, name, api_key: apiKey })),
      users: [...state.users.values()].sort((a, b) => a.place - b.place).map(dumpUser),
    };
  },
};

function loadApp(entry: AppEntry, at: FixturePath, state: State, loaded: Set<string>): void {
  const appId = entry.app_id as AppId;
  const place = state.apps.find(appId)?.place ?? state.apps.size;
  const app: App = { appId, name: entry.name, apiKey: entry.api_key, place };
  assertNew(loaded, `app ${app.appId}`, [...at, 'app_id'], `The app "${app.appId}" is there twice.`);
  const holder = state.apps.findBy('apiKey', app.apiKey);
  if (holder && holder.appId !== app.appId) {
    throw new FixtureMistake([...at, 'api_key'], `The app "${holder.appId}" has the same api_key.`);
  }
  state.apps.put(app);
}

function loadUser(entry: UserEntry, at: FixturePath, state: State, context: FixtureContext, loaded: Set<string>): void {
  const app = state.apps.find(entry.app_id);
  if (!app) throw new FixtureMistake([...at, 'app_id'], `There is no app "${entry.app_id}".`);
  const earlier = findEarlier(entry, app.appId, state);
  const createdAt = parseCreatedAt(entry.created_at, [...at, 'created_at'], context);
  const klaimId =
    (entry.klaim_id as KlaimId | undefined) ??
    earlier?.klaimId ??
    toSeededKlaimId(createdAt, state, context, `${app.appId} ${entry.user_id ?? entry.email}`);
  const user: User = {
    klaimId,
    appId: app.appId,
    userId: entry.user_id ?? klaimId,
    email: entry.email,
    creditBalance: parseBalance(entry.credit_balance ?? 0, [...at, 'credit_balance']),
    createdAt,
    place: earlier?.place ?? state.users.size,
    acquisitionSource: entry.acquisition_source ?? 'api',
    name: entry.name,
    metadata: entry.metadata,
    fault: parseFaultField(entry.fault, at, { id: 'klaim', codes: FAILURES }),
  };
  if (earlier && loaded.has(`user ${earlier.klaimId}`))
    throw new FixtureMistake(at, `The user "${user.userId}" is there twice.`);
  assertNew(loaded, `user ${klaimId}`, at, `The user "${user.userId}" is there twice.`);
  if (earlier && earlier.klaimId !== klaimId) state.users.delete(earlier.klaimId);
  assertFree(state.users.findBy('userId', app.appId, user.userId), user, [...at, 'user_id']);
  assertFree(state.users.findBy('email', app.appId, user.email), user, [...at, 'email']);
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

function assertNew(loaded: Set<string>, identity: string, at: FixturePath, message: string): void {
  if (loaded.has(identity)) throw new FixtureMistake(at, message);
  loaded.add(identity);
}

function assertFree(holder: User | undefined, user: User, at: FixturePath): void {
  if (!holder || (holder.klaimId === user.klaimId && holder.appId === user.appId)) return;
  throw new FixtureMistake(at, `The user "${holder.userId}" has the same ${at.at(-1) ?? ''}.`);
}

/** A fault is found by the user_id alone, which several apps may have. */
function assertOnlyMagic(holder: User | undefined, user: User, at: FixturePath): void {
  if (!holder || user.fault === undefined || holder.klaimId === user.klaimId) return;
  throw new FixtureMistake(at, `The user "${user.userId}" of the app "${holder.appId}" has a fault, too.`);
}

function parseCreatedAt(written: string | number | undefined, at: FixturePath, context: FixtureContext): Instant {
  try {
    if (typeof written === 'number') return toInstant(written);
    return parseRelativeInstant(written ?? 'now', () => context.now());
  } catch (error) {
    throw new FixtureMistake(at, toMessage(error));
  }
}

function parseBalance(written: number | string, at: FixturePath): Amount {
  const amount = toAmount(written);
  if (Number.isFinite(Number(amount))) return amount;
  throw new FixtureMistake(at, 'A balance must be what a JSON number can hold.');
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
    ...(user.name === undefined ? undefined : { name: user.name }),
    ...(user.metadata === undefined ? undefined : { metadata: user.metadata }),
    ...(user.fault === undefined ? undefined : { fault: user.fault }),
  };
}
