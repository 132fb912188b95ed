import { describe, expect, test } from 'vitest';

import {
  BENOIT,
  CHIYO,
  HARBOR_ADA,
  noSuchPlayer,
  noToken,
  notFound,
  ofAnotherGame,
  ok,
  refusal,
  startGameFuse,
  type GameFuseApi,
  type Method,
} from './api.ts';
import { ADA_CARD, BENOIT_CARD, CHIYO_CARD } from './company.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const noRequest = refusal(422, 'Friend request not found');

async function start(): Promise<GameFuseApi> {
  return (await startGameFuse()).at('/api/v3');
}

const it = test.extend('api', () => start());

describe('a friend request', () => {
  it("shows the other player, and is in both players' lists until it is accepted", async ({ api }) => {
    const request = { friendship_id: 3, requested_at: NOW };
    expect(await api.call('post', '/friendships', { username: 'chiyo' })).toEqual(
      ok({ ...CHIYO_CARD, ...request, message: 'Friend request sent to chiyo' }),
    );
    expect(await api.call('get', '/outgoing_friend_requests')).toEqual(
      ok({ outgoing_friend_requests: [{ ...CHIYO_CARD, ...request }] }),
    );
    const chiyo = api.as(CHIYO);
    expect(await chiyo.call('get', '/incoming_friend_requests')).toEqual(
      ok({ incoming_friend_requests: [{ ...ADA_CARD, ...request }] }),
    );
    expect(await chiyo.call('put', '/friendships/3', { status: 'accepted' })).toEqual(
      ok({ message: 'you have successfully accepted this friend request' }),
    );
    expect(await api.call('get', '/friendships')).toEqual(
      ok({ friends: [CHIYO_CARD, BENOIT_CARD], outgoing_friend_requests: [], incoming_friend_requests: [] }),
    );
  });

  it('that is declined disappears for both players, and can be sent again', async ({ api }) => {
    expect(await api.as(BENOIT).call('put', '/friendships/2', { friendship: { status: 'declined' } })).toEqual(
      ok({ message: 'you have successfully declined this friend request' }),
    );
    for (const token of [BENOIT, CHIYO]) {
      expect(await api.as(token).call('get', '/friendships')).toMatchObject({
        body: { outgoing_friend_requests: [], incoming_friend_requests: [] },
      });
    }
    expect(await api.as(CHIYO).call('post', '/friendships', { username: 'benoit' })).toMatchObject({ status: 200 });
  });

  it('can be deleted only by its sender', async ({ api }) => {
    expect(await api.as(BENOIT).call('delete', '/friendships/2')).toEqual(noRequest);
    const gone = ok({ message: 'friend request destroyed successfully' });
    expect(await api.as(CHIYO).call('delete', '/friendships/2')).toEqual(gone);
    expect(await api.as(CHIYO).call('delete', '/friendships/2')).toEqual(noRequest);
  });

  it('is refused with 422 and changes nothing', async ({ api }) => {
    const before = await api.control('get', '/state');
    const cases: [string | undefined, Method, string, object | undefined, string][] = [
      [undefined, 'post', '/friendships', {}, 'User not found'],
      [undefined, 'post', '/friendships', { username: 'nobody' }, 'User not found'],
      [undefined, 'post', '/friendships', { username: 'ada' }, 'You cannot be your own friend'],
      [undefined, 'post', '/friendships', { username: 'benoit' }, 'There is a friendship or a friend request already'],
      [BENOIT, 'post', '/friendships', { username: 'chiyo' }, 'There is a friendship or a friend request already'],
      [BENOIT, 'put', '/friendships/2', { status: 'pending' }, 'Status must be accepted or declined'],
      [CHIYO, 'put', '/friendships/2', { status: 'accepted' }, 'Friend request not found'],
      [undefined, 'put', '/friendships/1', { status: 'accepted' }, 'Friend request not found'],
      [undefined, 'delete', '/friendships/1', undefined, 'Friend request not found'],
      [CHIYO, 'delete', '/unfriend?user_id=2', undefined, 'Friendship not found'],
      [undefined, 'delete', '/unfriend', {}, 'Friendship not found'],
    ];
    for (const [token, method, path, body, text] of cases) {
      const caller = token === undefined ? api : api.as(token);
      expect([path, await caller.call(method, path, body)]).toEqual([path, refusal(422, text)]);
    }
    expect(await api.control('get', '/state')).toEqual(before);
  });
});

describe('a friendship', () => {
  it.each([
    ['in the query', '/unfriend?user_id=1', undefined],
    ['in a body', '/unfriend', { user_id: 1 }],
  ])('can be ended by either player, with %s', async (_, path, body) => {
    const api = await start();
    expect(await api.as(BENOIT).call('delete', path, body)).toEqual(
      ok({ message: 'user has been unfriended successfully' }),
    );
    expect(await api.call('get', '/friends')).toEqual(ok({ friends: [] }));
  });

  it('is visible to other players of the game', async ({ api }) => {
    for (const path of ['/friends?user_id=2', '/friends/2']) {
      expect(await api.as(CHIYO).call('get', path)).toEqual(ok({ friends: [ADA_CARD] }));
      expect(await api.as(HARBOR_ADA).call('get', path)).toEqual(ofAnotherGame);
      expect(await api.as(undefined).call('get', path)).toEqual(noToken);
    }
    expect(await api.call('get', '/friends/99')).toEqual(noSuchPlayer);
  });

  it('does not exist in v2', async () => {
    const v2 = await startGameFuse();
    expect(await v2.call('get', '/friendships')).toEqual(notFound);
    expect(await v2.call('get', '/util/get_server_time')).toEqual(notFound);
  });
});

it("returns the sandbox's time without a token", async ({ api }) => {
  expect(await api.as(undefined).call('get', '/util/get_server_time')).toEqual(
    ok({ server_time: '2026-01-01T00:00:00Z' }),
  );
});
