import { describe, expect, it } from 'vitest';

import {
  ADA,
  HARBOR_ADA,
  noSuchPlayer,
  notFound,
  noToken,
  ofAnotherGame,
  ok,
  shown,
  startGameFuse,
  type GameFuseApi,
} from './api.ts';
import {
  ADA_CARD,
  ADAS_ROUND,
  BENOIT_CARD,
  BENOITS_ROUND,
  CAVE,
  CHIYO_CARD,
  DIRECT_CHAT,
  GROUP_CHAT,
  INNER_CIRCLE,
  NIGHT_WALKERS,
  WARDENS,
} from './company.ts';

async function startV3(): Promise<GameFuseApi> {
  return (await startGameFuse()).at('/api/v3');
}

describe('GET /users/{id} in v3', () => {
  it('shows another player of the game, without a token', async () => {
    const answer = await (await startV3()).call('get', '/users/2');
    expect(answer).toEqual(
      ok({
        id: 2,
        username: 'benoit',
        email: 'benoit@lantern.example',
        credits: 49,
        score: 300,
        is_new_user: false,
        last_login: '2025-12-30',
        number_of_logins: 1,
        friends: [ADA_CARD],
        groups: [WARDENS, NIGHT_WALKERS],
        game_rounds: [BENOITS_ROUND],
      }),
    );
  });

  it('shows the player itself with all lists that its client reads', async () => {
    const answer = await (await startV3()).call('get', '/users/1');
    expect(answer).toEqual(
      ok({
        id: 1,
        username: 'ada',
        email: 'ada@lantern.example',
        credits: 5200,
        score: 1200,
        is_new_user: false,
        last_login: '2025-12-20',
        number_of_logins: 3,
        friends: [BENOIT_CARD],
        outgoing_friend_requests: [],
        incoming_friend_requests: [],
        groups: [
          {
            ...WARDENS,
            members: [ADA_CARD, BENOIT_CARD],
            admins: [ADA_CARD],
            join_requests: [{ id: 3, status: 'pending', inviter_id: null, user: CHIYO_CARD }],
            invites: [],
          },
          {
            ...INNER_CIRCLE,
            members: [ADA_CARD],
            admins: [ADA_CARD],
            join_requests: [],
            invites: [{ id: 6, status: 'pending', inviter_id: 1, user: CHIYO_CARD, inviter: ADA_CARD }],
          },
        ],
        group_join_requests: [],
        group_invites: [],
        direct_chats: [DIRECT_CHAT],
        group_chats: [GROUP_CHAT],
        game_rounds: [ADAS_ROUND, CAVE],
      }),
    );
  });

  it('shows the current credits of a player', async () => {
    const api = await startV3();
    await api.as('gamefuse-test-benoit').call('post', '/users/2/add_credits', { credits: -9 });
    expect(await api.call('get', '/users/2')).toMatchObject({ status: 200, body: { credits: 40 } });
  });

  it('counts as a request of the caller', async () => {
    const api = await startV3();
    await api.call('get', '/users/2');
    expect(await api.at('/api/v2').call('post', '/users/1/add_credits', { credits: 0 })).toEqual(shown('ada', 2));
  });

  it('checks the token first, then whether the player exists, then the game', async () => {
    const api = await startV3();
    expect(await api.as(undefined).call('get', '/users/999')).toEqual(noToken);
    expect(await api.call('get', '/users/999')).toEqual(noSuchPlayer);
    expect(await api.as(HARBOR_ADA).call('get', '/users/2')).toEqual(ofAnotherGame);
  });

  it('is an unknown path in v2 for every caller', async () => {
    const v2 = await startGameFuse();
    for (const token of [ADA, undefined]) expect(await v2.as(token).call('get', '/users/1')).toEqual(notFound);
  });
});
