import { describe, expect, test } from 'vitest';

import { BENOIT, CHIYO, HARBOR_ADA, ok, refusal, startGameFuse, type GameFuseApi, type Method } from './api.ts';
import { ADA_CARD, ANSWERED, ASKED, BENOIT_CARD, CHIYO_CARD, DIRECT_CHAT, GROUP_CHAT } from './company.ts';

const NOW = '2026-01-01T00:00:00.000Z';

async function start(set: string[] = []): Promise<GameFuseApi> {
  return (await startGameFuse({ set })).at('/api/v3');
}

const toMessage = (id: number, text: string, user_id: number) => ({
  id,
  text,
  user_id,
  created_at: NOW,
  read_by: [] as unknown[],
  read: false,
});

const it = test.extend('api', () => start());

describe('a chat', () => {
  it('starts with its first message, unread even by its sender, and stays the chat of the same players', async () => {
    const api = await start();
    const first = toMessage(4, 'Hi', 1);
    const chat = { id: 3, creator_id: 1, creator_type: 'User', participants: [ADA_CARD, BENOIT_CARD, CHIYO_CARD] };
    expect(await api.call('post', '/chats', { usernames: ['chiyo', 'benoit', 'chiyo'], text: 'Hi' })).toEqual(
      ok({ ...chat, messages: [first] }),
    );
    const second = { ...toMessage(5, 'You too', 3), read_by: [CHIYO_CARD], read: true };
    expect(await api.as(CHIYO).call('post', '/chats', { usernames: ['ada', 'benoit'], text: 'You too' })).toEqual(
      ok({ ...chat, messages: [second, first] }),
    );
  });

  it('of a group belongs to the group, and includes senders who left', async ({ api }) => {
    await api.as(BENOIT).call('delete', '/group_connections/leave/1');
    expect(await api.call('get', '/chats/page/1')).toEqual(
      ok({ direct_chats: [DIRECT_CHAT], group_chats: [GROUP_CHAT] }),
    );
    expect(await api.as(BENOIT).call('get', '/chats/page/1')).toMatchObject({ body: { group_chats: [] } });
    expect(await api.call('post', '/chats', { group_id: 1, text: 'Gone' })).toMatchObject({
      status: 200,
      body: { id: 2, messages: [{ id: 4 }, { id: 3 }] },
    });
  });

  it('with the latest message is first, 25 per page', async ({ api }) => {
    await api.call('post', '/chats', { usernames: ['chiyo'], text: 'New' });
    expect(await api.call('get', '/chats/page/1')).toMatchObject({ body: { direct_chats: [{ id: 3 }, { id: 1 }] } });
    await api.call('post', '/messages', { chat_id: 1, text: 'Newer' });
    expect(await api.call('get', '/chats/page/1')).toMatchObject({ body: { direct_chats: [{ id: 1 }, { id: 3 }] } });
    expect(await api.call('get', '/chats/page/2')).toEqual(ok({ direct_chats: [], group_chats: [] }));
  });
});

it('shows 25 chats of each kind per page', async ({ api }) => {
  const system = api.with({ 'service-key-name': 'system', 'service-key-token': 'gamefuse-test-system-key' });
  for (let count = 1; count <= 25; count += 1) {
    const username = `guest-${count}`;
    await system.call('post', '/test_suite/create_user', { game_id: 1, username, email: `${username}@x.example` });
    await api.call('post', '/chats', { usernames: [username], text: 'Welcome' });
  }
  const list = async (page: number): Promise<readonly (readonly number[])[]> => {
    const { body } = await api.call('get', `/chats/page/${page}`);
    const chats = body as Record<'direct_chats' | 'group_chats', readonly { readonly id: number }[]>;
    return [chats.direct_chats.map(({ id }) => id), chats.group_chats.map(({ id }) => id)];
  };
  expect(await list(1)).toEqual([Array.from({ length: 25 }, (_, index) => 27 - index), [2]]);
  expect(await list(2)).toEqual([[1], []]);
});

describe('a message', () => {
  it('is read by its sender, flat or wrapped, and can be marked as read once by others', async ({ api }) => {
    const own = { ...toMessage(4, 'Found it.', 1), read_by: [ADA_CARD], read: true };
    expect(await api.call('post', '/messages', { message: { chat_id: 1, text: 'Found it.' } })).toEqual(ok(own));
    const benoit = api.as(BENOIT);
    expect(await benoit.call('post', '/messages/4/mark_as_read')).toEqual(ok({ message: 'Message marked as read' }));
    expect(await benoit.call('post', '/messages/4/mark_as_read')).toEqual(
      refusal(422, 'Message has already been read'),
    );
    expect(await benoit.call('get', '/messages/page/1?chat_id=1')).toEqual(
      ok({
        messages: [
          { ...own, read_by: [ADA_CARD, BENOIT_CARD] },
          { ...ANSWERED, read: true },
          { ...ASKED, read: true },
        ],
      }),
    );
  });

  it('is on pages of 25, newest first, as bare lists for the JavaScript client', async () => {
    const api = await start(['gamefuse.lists=bare']);
    for (let count = 0; count < 24; count += 1) await api.call('post', '/messages', { chat_id: 1, text: `${count}` });
    const [first, second] = [
      (await api.call('get', '/messages/page/1?chat_id=1')).body as { text: string }[],
      (await api.call('get', '/messages/page/2?chat_id=1')).body,
    ];
    expect(first.map(({ text }) => text)).toEqual([
      ...Array.from({ length: 24 }, (_, index) => `${23 - index}`),
      ANSWERED.text,
    ]);
    expect(second).toEqual([ASKED]);
  });

  it('is refused with 422 and changes nothing', async ({ api }) => {
    const before = await api.control('get', '/state');
    const cases: [string | undefined, Method, string, object | undefined, string][] = [
      [undefined, 'post', '/chats', { usernames: ['benoit'] }, "Text can't be blank"],
      [undefined, 'post', '/chats', { usernames: ['nobody'], text: 'x' }, 'User not found'],
      [undefined, 'post', '/chats', { usernames: ['ada'], text: 'x' }, 'Please include usernames or a group_id param'],
      [undefined, 'post', '/chats', { text: 'x' }, 'Please include usernames or a group_id param'],
      [CHIYO, 'post', '/chats', { group_id: 1, text: 'x' }, 'Not a member of this group'],
      [HARBOR_ADA, 'post', '/chats', { group_id: 1, text: 'x' }, 'Group not found'],
      [undefined, 'post', '/messages', { chat_id: 1 }, "Text can't be blank"],
      [CHIYO, 'post', '/messages', { chat_id: 1, text: 'x' }, 'Chat not found'],
      [CHIYO, 'get', '/messages/page/1?chat_id=2', undefined, 'Chat not found'],
      [undefined, 'get', '/messages/page/1', undefined, 'Chat not found'],
      [CHIYO, 'post', '/messages/2/mark_as_read', undefined, 'Message not found'],
    ];
    for (const [token, method, path, body, text] of cases) {
      const caller = token === undefined ? api : api.as(token);
      expect([path, body, await caller.call(method, path, body)]).toEqual([path, body, refusal(422, text)]);
    }
    expect(await api.control('get', '/state')).toEqual(before);
  });
});
