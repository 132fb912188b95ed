import { expect, it } from 'vitest';

import { toInstant } from '../../../src/core/values/clock.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { collections, type GameId, type User, type UserId } from '../../../src/providers/gamefuse/state.ts';
import { admit, NO_TALLY } from '../../../src/providers/gamefuse/users.ts';

const USER: User = {
  id: 1 as UserId,
  gameId: 1 as GameId,
  username: 'u',
  email: 'u@x.example',
  password: { salt: 'ab', plain: 'p' },
  credits: 10,
  score: 0,
  token: 't',
  lastLogin: toInstant(0),
  numberOfLogins: 0,
  events: NO_TALLY,
  gameSessions: NO_TALLY,
  activeMonth: '1969-12',
};

it('counts a request for the current user record, not an earlier one', () => {
  const store = new Store(new Catalog([{ id: 'gamefuse', collections }]));
  const state = store.open('gamefuse', collections);
  store.transaction(() => {
    state.users.put({ ...USER, credits: 7 });
  });
  const { result } = store.transaction(() => admit({ state, now: toInstant(0), principal: USER }));
  expect(result).toEqual({ ...USER, credits: 7, events: { total: 1, month: 1 } });
  expect(state.users.find('1')).toEqual(result);
});
