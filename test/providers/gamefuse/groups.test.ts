import { describe, expect, test } from 'vitest';

import { BENOIT, CHIYO, HARBOR_ADA, ok, refusal, startGameFuse } from './api.ts';
import type { Answer, GameFuseApi, Method } from './api.ts';
import { ADA_CARD, BENOIT_CARD, CHIYO_CARD, INNER_CIRCLE, NIGHT_WALKERS, WARDENS } from './company.ts';

async function start(set: string[] = []): Promise<GameFuseApi> {
  return (await startGameFuse({ set })).at('/api/v3');
}

type Case = [caller: string | undefined, method: Method, path: string, body: object | undefined, expected: Answer];

async function expectEach(api: GameFuseApi, cases: readonly Case[]): Promise<void> {
  for (const [token, method, path, body, expected] of cases) {
    const caller = token === undefined ? api : api.as(token);
    expect([path, body, await caller.call(method, path, body)]).toEqual([path, body, expected]);
  }
}

const it = test.extend('api', () => start());

describe('a group', () => {
  it('has its founder as a member and admin, and needs no unique name', async ({ api }) => {
    for (const id of [4, 5]) {
      expect(await api.call('post', '/groups', { name: 'Reds', max_group_size: '20', can_auto_join: 'True' })).toEqual({
        status: 201,
        body: {
          ...NIGHT_WALKERS,
          id,
          name: 'Reds',
          max_group_size: 20,
          members: [ADA_CARD],
          admins: [ADA_CARD],
          join_requests: [],
          invites: [],
        },
      });
    }
  });

  it('is listed to every player of the game, without members unless requested', async ({ api }) => {
    expect(await api.as(CHIYO).call('get', '/groups')).toEqual(ok({ groups: [WARDENS, NIGHT_WALKERS, INNER_CIRCLE] }));
    const full = { ...WARDENS, members: [ADA_CARD, BENOIT_CARD], admins: [ADA_CARD], join_requests: [], invites: [] };
    expect(await api.as(CHIYO).call('get', '/groups?query=WARDENS&with_full_data=true')).toEqual(
      ok({ groups: [full] }),
    );
    expect(await api.as(HARBOR_ADA).call('get', '/groups')).toEqual(ok({ groups: [] }));
    expect(await api.as(HARBOR_ADA).call('get', '/groups/1')).toEqual(refusal(404, 'Group not found'));
  });

  it('shows requests to its admins only', async ({ api }) => {
    const full = { ...WARDENS, members: [ADA_CARD, BENOIT_CARD], admins: [ADA_CARD], join_requests: [], invites: [] };
    expect(await api.as(BENOIT).call('get', '/groups/1')).toEqual(ok(full));
    const join_requests = [{ id: 3, status: 'pending', inviter_id: null, user: CHIYO_CARD }];
    expect(await api.call('get', '/groups/1')).toEqual(ok({ ...full, join_requests }));
  });

  it('can be changed, and deleted with its contents, only by its admins', async ({ api }) => {
    expect(await api.call('put', '/groups/1', { group: { name: 'Keepers', is_invite_only: true } })).toMatchObject(
      ok({ ...WARDENS, name: 'Keepers', is_invite_only: true }),
    );
    expect(await api.as(BENOIT).call('delete', '/groups/1')).toEqual(
      refusal(422, 'Only admins of the group can do this'),
    );
    expect(await api.call('delete', '/groups/1')).toEqual(ok({ message: 'group destroyed successfully' }));
    expect(await api.call('get', '/chats/page/1')).toMatchObject({ body: { group_chats: [] } });
    expect(await api.call('get', '/groups/1/attributes')).toEqual(refusal(404, 'Group not found'));
  });
});

describe('joining a group', () => {
  it('creates a request unless it is an auto-join group, whether it is invite-only or not', async ({ api }) => {
    await expectEach(api, [
      [
        undefined,
        'post',
        '/group_connections',
        { group_id: 2 },
        ok({ id: 7, status: 'accepted', inviter_id: null, user: ADA_CARD }),
      ],
      [
        BENOIT,
        'post',
        '/group_connections',
        { group_connection: { group_id: 3, user_id: 2, status: 'pending', action_type: 'join_request' } },
        ok({ id: 8, status: 'pending', inviter_id: null, user: BENOIT_CARD }),
      ],
      // With the wrong kind of connection, as one client sends it.
      [
        undefined,
        'put',
        '/group_connections/8',
        { status: 'accepted', connection_type: 'invite' },
        ok({ id: 8, status: 'accepted', inviter_id: null, user: BENOIT_CARD }),
      ],
      [
        undefined,
        'put',
        '/group_connections/8',
        { status: 'accepted' },
        ok({ id: 8, status: 'accepted', inviter_id: null, user: BENOIT_CARD }),
      ],
    ]);
  });

  it('by invitation needs the answer of the invited player', async ({ api }) => {
    const invite = { group_connection: { group_id: 3, action_type: 'invite' }, username: 'benoit' };
    const connection = { id: 7, status: 'pending', inviter_id: 1, user: BENOIT_CARD, inviter: ADA_CARD };
    await expectEach(api, [
      [undefined, 'post', '/group_connections', invite, ok(connection)],
      [
        CHIYO,
        'put',
        '/group_connections/7',
        { status: 'accepted' },
        refusal(422, 'Only admins of the group can do this'),
      ],
      [BENOIT, 'put', '/group_connections/7', { status: 'accepted' }, ok({ ...connection, status: 'accepted' })],
      [
        CHIYO,
        'put',
        '/group_connections/6',
        { status: 'declined' },
        expect.objectContaining({ status: 200 }) as Answer,
      ],
      [
        undefined,
        'post',
        '/group_connections',
        { ...invite, username: 'chiyo' },
        expect.objectContaining({ status: 200 }) as Answer,
      ],
    ]);
  });

  it('is refused after a removal, but not after leaving, cancelling or a refusal', async ({ api }) => {
    const request = { group_id: 1 };
    const removed = refusal(422, 'You were removed from this group');
    const again = expect.objectContaining({ status: 200 }) as Answer;
    await expectEach(api, [
      [
        CHIYO,
        'delete',
        '/group_connections/cancel/3',
        undefined,
        ok({ message: 'group connection destroyed successfully' }),
      ],
      [CHIYO, 'post', '/group_connections', request, again],
      [
        BENOIT,
        'delete',
        '/group_connections/leave/1',
        undefined,
        ok({ message: 'you have left the group successfully' }),
      ],
      [BENOIT, 'post', '/group_connections', request, again],
      [undefined, 'put', '/group_connections/8', { status: 'accepted' }, again],
      [undefined, 'put', '/group_connections/make_admin/2', request, ok({ message: 'member is an admin now' })],
      [BENOIT, 'put', '/group_connections/remove_member/1', request, ok({ message: 'member removed successfully' })],
      [undefined, 'post', '/group_connections', request, removed],
      [undefined, 'get', '/groups', undefined, again],
    ]);
  });

  it('is refused with 422 and changes nothing', async ({ api }) => {
    await api.call('put', '/groups/2', {});
    const before = await api.control('get', '/state');
    const connected = 'There is a connection to this group already';
    const cases: [string | undefined, Method, string, object | undefined, string][] = [
      [undefined, 'post', '/group_connections', {}, 'Group not found'],
      [HARBOR_ADA, 'post', '/group_connections', { group_id: 1 }, 'Group not found'],
      [undefined, 'post', '/group_connections', { group_id: 1 }, connected],
      [CHIYO, 'post', '/group_connections', { group_id: 1 }, connected],
      [undefined, 'post', '/group_connections', { group_id: 2, user_id: 2 }, 'User not found'],
      [
        BENOIT,
        'post',
        '/group_connections',
        { group_connection: { group_id: 3, action_type: 'join' } },
        'This group has to be asked',
      ],
      [
        BENOIT,
        'post',
        '/group_connections',
        { group_connection: { group_id: 3, action_type: 'invite' }, username: 'chiyo' },
        'Not a member of this group',
      ],
      [undefined, 'put', '/group_connections/3', { status: 'maybe' }, 'Status must be accepted or declined'],
      [BENOIT, 'put', '/group_connections/3', { status: 'accepted' }, 'Only admins of the group can do this'],
      [undefined, 'put', '/group_connections/99', { status: 'accepted' }, 'Group connection not found'],
      [undefined, 'put', '/group_connections/2', { status: 'declined' }, connected],
      [BENOIT, 'delete', '/group_connections/cancel/3', undefined, 'Group connection not found'],
      [undefined, 'delete', '/group_connections/cancel/2', undefined, 'Group connection not found'],
      [CHIYO, 'delete', '/group_connections/leave/1', undefined, 'Not a member of this group'],
      [BENOIT, 'put', '/group_connections/remove_member/1', { group_id: 1 }, 'Only admins of the group can do this'],
      [undefined, 'put', '/group_connections/make_admin/3', { group_id: 1 }, 'Not a member of this group'],
      [undefined, 'post', '/groups', { name: '' }, "Name can't be blank"],
    ];
    for (const [token, method, path, body, text] of cases) {
      const caller = token === undefined ? api : api.as(token);
      expect([path, body, await caller.call(method, path, body)]).toEqual([path, body, refusal(422, text)]);
    }
    expect(await api.control('get', '/state')).toEqual(before);
  });

  it('is refused if the group is full', async ({ api }) => {
    await api.call('put', '/groups/1', { max_group_size: 2 });
    expect(await api.call('put', '/group_connections/3', { status: 'accepted' })).toEqual(
      refusal(422, 'The group is full'),
    );
  });
});

describe('an attribute of a group', () => {
  const MOTTO = { id: 1, key: 'motto', value: 'Keep it burning', creator_id: 1, can_edit: true };

  it('is visible to members, and adding returns only the new ones', async ({ api }) => {
    expect(await api.as(BENOIT).call('get', '/groups/1/attributes')).toEqual(ok({ attributes: [MOTTO] }));
    const attributes = [
      { key: 'theme', value: 'dark' },
      { key: 'hour', value: 9, only_can_edit_by_creator: false },
    ];
    expect(await api.call('post', '/groups/1/add_attribute', { attributes })).toEqual(
      ok({
        attributes: [
          { id: 2, key: 'theme', value: 'dark', creator_id: 1, can_edit: true },
          { id: 3, key: 'hour', value: '9', creator_id: 1, can_edit: true },
        ],
      }),
    );
    expect(await api.as(BENOIT).call('get', '/groups/1/attributes')).toMatchObject({
      body: { attributes: [{ can_edit: true }, { can_edit: false }, { can_edit: true }] },
    });
  });

  it('can be changed by the allowed players, and is refused with 401 to others', async ({ api }) => {
    const fixed = refusal(401, 'You cannot edit this attribute');
    const changed = { ...MOTTO, value: 'Onward' };
    await api.call('post', '/groups/1/add_attribute', { attributes: [{ key: 'theme', value: 'dark' }] });
    await expectEach(api, [
      [BENOIT, 'patch', '/groups/1/modify_attribute', { key: 'motto', value: 'Onward' }, ok(changed)],
      [BENOIT, 'patch', '/groups/1/modify_attribute', { key: 'theme', value: 'light' }, fixed],
      [CHIYO, 'patch', '/groups/1/modify_attribute', { key: 'motto', value: 'x' }, fixed],
      [
        undefined,
        'patch',
        '/groups/1/modify_attribute',
        { key: 'no', value: 'x' },
        refusal(404, 'Attribute not found'),
      ],
      [
        undefined,
        'patch',
        '/groups/1/modify_attribute',
        { key: 'motto' },
        refusal(400, 'missing or invalid parameters'),
      ],
      [
        BENOIT,
        'post',
        '/groups/1/add_attribute',
        { attributes: [{ key: 'a', value: 'b' }] },
        refusal(401, 'You cannot create attributes in this group'),
      ],
      [undefined, 'post', '/groups/1/add_attribute', {}, refusal(400, 'missing or invalid parameters')],
      [
        undefined,
        'post',
        '/groups/1/add_attribute',
        { attributes: [{ key: 'a' }] },
        refusal(400, 'each attribute must have a key and a value'),
      ],
      [CHIYO, 'get', '/groups/1/attributes', undefined, refusal(401, 'Only members can see the attributes of a group')],
    ]);
  });

  it('can be added by any member if the group allows it, and by no other player', async ({ api }) => {
    await api.call('put', '/groups/1', { admins_only_can_create_attributes: false });
    const attributes = [{ key: 'mood', value: 'good' }];
    const mood = { id: 2, key: 'mood', value: 'good', creator_id: 2, can_edit: true };
    await expectEach(api, [
      [BENOIT, 'post', '/groups/1/add_attribute', { attributes }, ok({ attributes: [mood] })],
      // By an admin, though another made it.
      [undefined, 'patch', '/groups/1/modify_attribute', { key: 'mood', value: 'bad' }, ok({ ...mood, value: 'bad' })],
      [
        CHIYO,
        'post',
        '/groups/1/add_attribute',
        { attributes: [{ key: 'x', value: 'y' }] },
        refusal(401, 'You cannot create attributes in this group'),
      ],
    ]);
  });

  it('is in a bare list for the JavaScript client, which also reads who can edit it', async () => {
    const api = await start(['gamefuse.lists=bare']);
    const bare = { ...MOTTO, others_can_edit: true };
    expect((await api.call('get', '/groups/1/attributes')).body).toEqual([bare]);
  });
});
