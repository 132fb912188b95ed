import type { LoadedOf } from '../../core/provider/fields.ts';
import { defineFixture, defineList } from '../../core/provider/fixture-list.ts';
import { FixtureMistake, type FixturePath } from '../../core/provider/fixture.ts';
import { assertOnly, assertUnheld, getReferred, listByPlace } from '../../core/provider/loading.ts';
import { generate } from './generation.ts';
import { appFields, userFields, type App, type State, type User } from './state.ts';
import { toSeededKlaimId } from './users.ts';

const apps = defineList({
  fields: appFields,
  load(entry, at, loading) {
    const { state } = loading;
    loading.assertNew(toAppName(entry), [...at, 'app_id']);
    const app: App = { ...entry, place: state.apps.find(entry.appId)?.place ?? state.apps.size };
    assertOnly(state.apps.findBy('apiKey', app.apiKey), app, toAppName, [...at, 'api_key']);
    state.apps.put(app);
  },
  dump: (state: State) => state.apps.list('place'),
});

const users = defineList({
  fields: userFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    const { appId, email, createdAt } = entry;
    getReferred(state.apps.find(appId), toAppName(entry), [...at, 'app_id']);
    const earlier = findEarlier(entry, state);
    const identity = `${appId} ${entry.userId ?? email}`;
    const klaimId = entry.klaimId ?? earlier?.klaimId ?? toSeededKlaimId(createdAt, state, context, identity);
    const place = earlier?.place ?? state.users.size;
    const user: User = { ...entry, klaimId, userId: entry.userId ?? klaimId, place };
    // Checks both its new klaim_id and the one of the record that it replaces.
    if (earlier) loading.assertUnnamed(`user ${earlier.klaimId}`, at, `user "${user.userId}"`);
    loading.assertNew(`user ${klaimId}`, at, `user "${user.userId}"`);
    if (earlier && earlier.klaimId !== klaimId) state.users.delete(earlier.klaimId);
    assertFree(state.users.findBy('userId', appId, user.userId), user, [...at, 'user_id']);
    assertFree(state.users.findBy('email', appId, email), user, [...at, 'email']);
    assertFree(state.users.find(klaimId), user, [...at, 'klaim_id']);
    assertOnlyMagic(state.users.findBy('fault', user.userId), user, [...at, 'fault']);
    state.users.put(user);
  },
  dump: (state: State) => listByPlace(state.users),
});

export const fixture = defineFixture({ lists: { apps, users }, generate });

function toAppName({ appId }: Pick<App, 'appId'>): string {
  return `app "${appId}"`;
}

/** Finds the user that this entry replaces: by user_id, or else klaim_id, or else e-mail. */
function findEarlier(
  { appId, userId, klaimId, email }: LoadedOf<typeof userFields>,
  { users: known }: State,
): User | undefined {
  if (userId !== undefined) return known.findBy('userId', appId, userId);
  if (klaimId !== undefined) return known.find(klaimId);
  return known.findBy('email', appId, email);
}

function assertFree(holder: User | undefined, user: User, at: FixturePath): void {
  const isOther = holder && (holder.klaimId !== user.klaimId || holder.appId !== user.appId);
  assertUnheld(isOther && `user "${holder.userId}"`, at);
}

/** Refuses a second magic subject with the same user_id, even of another app: faults are found by user_id alone. */
function assertOnlyMagic(holder: User | undefined, user: User, at: FixturePath): void {
  if (!holder || user.fault === undefined || holder.klaimId === user.klaimId) return;
  throw new FixtureMistake(at, `The user "${user.userId}" of the app "${holder.appId}" has a fault, too.`);
}
