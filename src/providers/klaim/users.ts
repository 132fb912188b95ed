import type { AccountOwner } from '../../core/provider/provider.ts';
import type { Context, ParsedRequest, RandomSource } from '../../core/provider/call.ts';
import type { Instant } from '../../core/values/clock.ts';
import type { FixtureContext } from '../../core/provider/fixture.ts';
import { ZERO } from '../../core/values/decimal.ts';
import { assert } from './errors.ts';
import type { Klaim } from './operation.ts';
import type { AppId, KlaimId, State, User } from './state.ts';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX = 5;

/**
 * ASSUMED: users are found by user_id only. A user without one has the klaim_id as user_id. Whether a klaim_id also works
 * for users with a user_id is unknown.
 */
export function findUserById(state: State, appId: AppId, userId: string): User | undefined {
  return state.users.findBy('userId', appId, userId);
}

/** The user in the path. */
export function findSubject({ path }: Pick<ParsedRequest, 'path'>): string | undefined {
  return 'user_id' in path ? String(path.user_id) : undefined;
}

/** The fault of a magic subject. It also fires for requests of other apps about the same user_id. */
export function findFault(state: State, userId: string): string | undefined {
  return state.users.findBy('fault', userId)?.fault;
}

export function findName(state: State, { tenant, account }: AccountOwner): string | undefined {
  return state.users.findBy('userId', tenant, account)?.name;
}

interface NewUser extends Pick<User, 'appId' | 'email' | 'acquisitionSource' | 'name' | 'metadata'> {
  readonly userId: string | undefined;
}

/** Stores a user. @throws CONFLICT if another one of the app has the e-mail or user_id */
export function saveUser(state: State, user: User): void {
  const holders = [
    state.users.findBy('userId', user.appId, user.userId),
    state.users.findBy('email', user.appId, user.email),
    // Two magic subjects must not share a user_id, even in different apps.
    user.fault === undefined ? undefined : state.users.findBy('fault', user.userId),
  ];
  assert(
    holders.every((holder) => !holder || holder.klaimId === user.klaimId),
    'CONFLICT',
  );
  state.users.put(user);
}

/** FIDELITY: milliseconds, underscore, five alphanumerics (samples in the vendor docs). */
function createKlaimId(state: State, now: Instant, random: RandomSource): KlaimId {
  for (;;) {
    const id = toKlaimId(now, random.text('klaim_id', ALPHANUMERIC, SUFFIX));
    if (!state.users.find(id)) return id;
  }
}

/** Adds a user without credits. @throws CONFLICT like `saveUser` */
export function addUser({ state, now, random }: Context<Klaim>, given: NewUser): User {
  const klaimId = createKlaimId(state, now, random);
  const { appId, userId = klaimId, email, ...others } = given;
  const made = { creditBalance: ZERO, createdAt: now, place: state.users.size };
  const user: User = { klaimId, appId, userId, email, ...made, ...others };
  saveUser(state, user);
  return user;
}

/**
 * The id of a seeded user without one. It is made from the user's own data, so that other users do not change it, unless
 * one of them already has that id.
 */
export function toSeededKlaimId(createdAt: Instant, state: State, context: FixtureContext, identity: string): KlaimId {
  for (let draw = 0; ; draw += 1) {
    const name = draw === 0 ? `klaim_id ${identity}` : `klaim_id ${identity} ${draw}`;
    const id = toKlaimId(createdAt, context.text(name, ALPHANUMERIC, SUFFIX));
    if (!state.users.find(id)) return id;
  }
}

function toKlaimId(now: Instant, suffix: string): KlaimId {
  return `${now}_${suffix}` as KlaimId;
}
