import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { readIdentity, type Client, type Received } from './clients/client.ts';
import { companyDialects, type CompanyClient, type CompanyDialect, type SuiteClient } from './clients/company.ts';
import { dialects } from './clients/dialects.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const SYSTEM = { 'service-key-name': 'system', 'service-key-token': 'gamefuse-test-system-key' };
const LAMP = { name: 'Lamp', description: 'Glows', category: 'tools', cost: 30 };
const NAMES = ['mira', 'noor', 'owen'] as const;

interface Player {
  readonly id: number;
  readonly username: string;
  readonly card: object;
  readonly company: CompanyClient;
  /** For what all generations of clients can do. */
  readonly client: Client;
  /** Signs in once more. @returns what the answer holds */
  signIn(): Promise<Readonly<Record<string, unknown>>>;
}

interface Suite {
  readonly gameId: number;
  readonly suite: SuiteClient;
  readonly players: readonly [Player, Player, Player];
  readonly connect: (headers: Readonly<Record<string, string>>) => CompanyClient;
  /** Lists as the dialect reads them. */
  readonly toList: (name: 'attributes' | 'messages', items: readonly object[]) => unknown;
  readonly control: (name: string, args: object) => Promise<{ readonly result: Readonly<Record<string, unknown>> }>;
}

/** A success, with what it holds. */
function ok(body: unknown, status = 200): object {
  return { status, type: 'application/json', succeeded: true, body };
}

function refusal(status: number, body: string): object {
  return { status, type: 'text/plain', succeeded: false, body };
}

async function read(received: Promise<Received>): Promise<object> {
  const { text, ...rest } = await received;
  return { ...rest, body: rest.type === 'application/json' ? (JSON.parse(text) as unknown) : text };
}

const anyId = expect.any(Number) as unknown;
const anyToken = expect.any(String) as unknown;

/** As the vendor's suites begin: a game, three players in it, each signed in. */
async function startSuite({ name, connect, connectSuite, lists }: CompanyDialect): Promise<Suite> {
  const set = [`gamefuse.lists=${lists}`];
  const emulator = await startEmulator({ providers: ['gamefuse'], set });
  const url = emulator.urls.gamefuse;
  const suite = connectSuite(url, SYSTEM);
  const game = await suite.createGame();
  const { id: gameId, token } = JSON.parse(game.text) as { readonly id: number; readonly token: string };
  expect([game.status, gameId]).toEqual([201, 4]);
  const player = dialects.find((dialect) => dialect.name === (name === 'JavaScript v3' ? name : 'C# v3'));
  if (!player) throw new Error(`Nobody plays with ${name}.`);
  const players: Player[] = [];
  for (const username of NAMES) {
    const email = `${username}@suite.example`;
    const card = { id: anyId, username, credits: 0, score: 0, email, is_new_user: true };
    const made = await read(suite.createUser(gameId, username, email));
    expect(made).toEqual(ok({ ...card, display_email: email, authentication_token: anyToken }, 201));
    const client = player.connect(url);
    await client.setUpGame({ id: String(gameId), token });
    // A sign-in replaces the token.
    const headers: Record<string, string> = {};
    const signIn = async (): Promise<Received> => {
      const [answer] = await client.signIn({ email, password: 'password', username });
      if (answer?.succeeded !== true) throw new Error(answer?.text);
      headers['authentication-token'] = readIdentity(answer).token;
      return answer;
    };
    const { id } = readIdentity(await signIn());
    players.push({
      id,
      username,
      card: { ...card, id, is_new_user: false },
      company: connect(url, headers),
      client,
      signIn: async () => JSON.parse((await signIn()).text) as Readonly<Record<string, unknown>>,
    });
  }
  return {
    gameId,
    suite,
    players: players as unknown as Suite['players'],
    connect: (headers) => connect(url, headers),
    toList: (list, items) => (lists === 'bare' ? items : { [list]: items }),
    control: async (control, args) => {
      const response = await fetch(`${emulator.url}/_emulator/controls/gamefuse/${control}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(args),
      });
      return (await response.json()) as { readonly result: Readonly<Record<string, unknown>> };
    },
  };
}

describe.each(companyDialects)('the suite of the $name client', (dialect) => {
  it('creates its own game and deletes it', async () => {
    const { suite, gameId, players, connect } = await startSuite(dialect);
    const item = await read(suite.createStoreItem(gameId, LAMP));
    expect(item).toEqual(ok({ id: anyId, game_id: gameId, ...LAMP }, 201));
    expect(await read(players[0].company.readServerTime())).toEqual(ok({ server_time: '2026-01-01T00:00:00Z' }));
    const destroyed = ok({ message: 'everything should have been destroyed!' });
    expect(await read(suite.cleanUp(gameId))).toEqual(destroyed);
    expect(await read(suite.cleanUp(gameId))).toEqual(refusal(422, 'Game not found'));
    const noToken = refusal(401, 'Request missing user authentication token');
    expect(await read(players[0].company.readFriendships())).toEqual(noToken);
    expect(await read(connect({}).readServerTime())).toEqual(ok({ server_time: '2026-01-01T00:00:00Z' }));
  });

  it('asks, answers, cancels and unfriends', async () => {
    const { players } = await startSuite(dialect);
    const [mira, noor, owen] = players;
    const request = (friendship_id: number): object => ({ friendship_id, requested_at: NOW });
    expect(await read(mira.company.requestFriend('noor'))).toEqual(
      ok({ ...noor.card, ...request(3), message: 'Friend request sent to noor' }),
    );
    expect(await read(owen.company.requestFriend('noor'))).toEqual(
      ok({ ...noor.card, ...request(4), message: 'Friend request sent to noor' }),
    );
    const of = (friends: object[], outgoing_friend_requests: object[], incoming_friend_requests: object[]): object =>
      ok({ friends, outgoing_friend_requests, incoming_friend_requests });
    expect(await read(mira.company.readFriendships())).toEqual(of([], [{ ...noor.card, ...request(3) }], []));
    const incoming = [
      { ...owen.card, ...request(4) },
      { ...mira.card, ...request(3) },
    ];
    expect(await read(noor.company.readFriendships())).toEqual(of([], [], incoming));
    expect(await noor.signIn()).toMatchObject({ friends: [], incoming_friend_requests: incoming });

    expect(await read(mira.company.answerFriend(3, 'accepted'))).toEqual(refusal(422, 'Friend request not found'));
    expect(await read(noor.company.answerFriend(3, 'accepted'))).toEqual(
      ok({ message: 'you have successfully accepted this friend request' }),
    );
    expect(await read(noor.company.answerFriend(4, 'declined'))).toEqual(
      ok({ message: 'you have successfully declined this friend request' }),
    );
    expect(await read(owen.company.readFriendships())).toEqual(of([], [], []));
    expect(await read(noor.company.readFriendships())).toEqual(of([mira.card], [], []));

    await owen.company.requestFriend('mira');
    const cancelled = ok({ message: 'friend request destroyed successfully' });
    expect(await read(owen.company.cancelFriend(5))).toEqual(cancelled);
    const unfriended = ok({ message: 'user has been unfriended successfully' });
    expect(await read(mira.company.unfriend(noor.id))).toEqual(unfriended);
    expect(await read(mira.company.unfriend(noor.id))).toEqual(refusal(422, 'Friendship not found'));
    expect(await read(noor.company.readFriendships())).toEqual(of([], [], []));
  });

  it('plays rounds alone and with others', async () => {
    const { players, gameId } = await startSuite(dialect);
    const [mira, noor] = players;
    const times = { start_time: '2025-05-20T06:00:00.250-04:00', end_time: '2025-05-20T06:10:00.000-04:00' };
    const kept = { game_id: gameId, created_at: NOW, updated_at: NOW, multiplayer_game_round_id: null };
    const alone = { game_user_id: mira.id, game_type: 'race', ...times, score: 12.5, place: 3, metadata: { laps: 0 } };
    expect(await read(mira.company.startRound(alone, false))).toEqual(ok({ id: 4, ...kept, ...alone }, 201));
    expect(await read(mira.company.changeRound(4, { score: 20, metadata: null }))).toEqual(
      ok({ id: 4, ...kept, ...alone, score: 20, metadata: null }),
    );

    const began = { game_user_id: mira.id, game_type: 'race', metadata: { laps: 1 } };
    const open = { place: null, score: null, start_time: NOW, end_time: null };
    const shared = { ...kept, multiplayer_game_round_id: 2 };
    const ranking = { id: 5, ...open, user: mira.card };
    expect(await read(mira.company.startRound(began, true))).toEqual(
      ok({ id: 5, ...shared, ...open, ...began, rankings: [ranking] }, 201),
    );
    // For another player, with the better place though with less.
    const joined = { game_user_id: noor.id, game_type: 'race', place: 1, score: 5, multiplayer_game_round_id: 2 };
    const first = { ...ranking, id: 6, place: 1, score: 5, user: noor.card };
    const others = { id: 6, ...kept, ...open, ...joined, metadata: null, rankings: [first, ranking] };
    expect(await read(mira.company.startRound(joined, false))).toEqual(ok(others, 201));
    expect(await read(noor.company.changeRound(5, { place: 2 }))).toEqual(
      refusal(401, 'You can only change your own game rounds'),
    );
    const moved = { ...others, place: 2, rankings: [{ ...first, place: 2 }, ranking] };
    expect(await read(mira.company.changeRound(6, { place: 2 }))).toEqual(ok(moved));
    expect(await read(noor.company.readRound(6))).toEqual(ok(moved));

    // Another player's, as each client reads them.
    const { rankings, ...plain } = moved;
    const listed = await read(mira.company.listRounds(noor.id));
    if (dialect.listsRounds) expect(listed).toEqual(ok({ game_rounds: [plain] }));
    else expect(listed).toMatchObject(ok({ username: 'noor', game_rounds: [{ ...plain, rankings }] }));
    expect(listed).not.toHaveProperty('body.authentication_token');

    expect(await read(noor.company.deleteRound(5))).toMatchObject({ status: 401, succeeded: false });
    expect(await read(mira.company.deleteRound(5))).toEqual(ok({ message: 'Game Round destroyed successfully!' }));
    expect(await read(mira.company.readRound(5))).toEqual(refusal(404, 'Game round not found'));
    expect(await mira.signIn()).toMatchObject({ game_rounds: [{ id: 4 }] });
  });

  it('creates, joins and leaves groups', async () => {
    const { players } = await startSuite(dialect);
    const [mira, noor, owen] = players;
    const fields = { name: 'Reds', max_group_size: 2, can_auto_join: false, is_invite_only: true, searchable: false };
    const reds = { id: 4, group_type: 'default', member_count: 1, ...fields };
    const full = { ...reds, members: [mira.card], admins: [mira.card], join_requests: [], invites: [] };
    expect(await read(mira.company.createGroup(fields))).toEqual(ok(full, 201));
    // A name may be there twice.
    const open = { name: 'Reds', max_group_size: 10, can_auto_join: true, is_invite_only: false, searchable: true };
    expect(await read(noor.company.createGroup(open))).toMatchObject(ok({ id: 5, ...open }, 201));
    const second = { id: 5, group_type: 'default', member_count: 1, ...open };
    expect(await read(owen.company.listGroups())).toEqual(ok({ groups: [reds, second] }));
    expect(await read(owen.company.readGroup(4))).toEqual(ok(full));
    expect(await read(noor.company.changeGroup(4, { name: 'Blues' }))).toEqual(
      refusal(422, 'Only admins of the group can do this'),
    );
    expect(await read(mira.company.changeGroup(4, { max_group_size: 3 }))).toEqual(ok({ ...full, max_group_size: 3 }));

    const connection = (id: number, { card }: Player, status: string, inviter: Player | undefined): object => ({
      ...{ id, status, inviter_id: inviter?.id ?? null, user: card },
      ...(inviter && { inviter: inviter.card }),
    });
    // Which has to be asked, and one that anybody joins; the founders' connections are 7 and 8.
    const asked = connection(9, noor, 'pending', undefined);
    expect(await read(noor.company.askToJoin(4, noor))).toEqual(ok(asked));
    expect(await read(owen.company.askToJoin(5, owen))).toEqual(ok(connection(10, owen, 'accepted', undefined)));
    expect(await read(noor.company.askToJoin(4, noor))).toEqual(
      refusal(422, 'There is a connection to this group already'),
    );
    expect(await noor.signIn()).toMatchObject({
      groups: [{ id: 5 }],
      group_join_requests: [{ ...asked, group: { ...reds, max_group_size: 3 } }],
    });
    const invited = connection(11, owen, 'pending', mira);
    expect(await read(mira.company.invite(4, mira, owen))).toEqual(ok(invited));
    expect(await owen.signIn()).toMatchObject({ group_invites: [{ ...invited, group: { id: 4 } }] });
    expect(await read(mira.company.readGroup(4))).toEqual(
      ok({ ...full, max_group_size: 3, join_requests: [asked], invites: [invited] }),
    );

    const accepted = connection(9, noor, 'accepted', undefined);
    expect(await read(mira.company.answerConnection(9, 'join_request', 'accepted'))).toEqual(ok(accepted));
    expect(await read(mira.company.answerConnection(9, 'join_request', 'accepted'))).toEqual(ok(accepted));
    expect(await read(owen.company.answerConnection(11, 'invite', 'declined'))).toEqual(
      ok({ ...connection(11, owen, 'declined', mira) }),
    );
    expect(await read(owen.company.askToJoin(4, owen))).toEqual(ok(connection(12, owen, 'pending', undefined)));
    expect(await read(owen.company.cancelConnection(12))).toEqual(
      ok({ message: 'group connection destroyed successfully' }),
    );

    expect(await read(mira.company.makeAdmin(4, noor.id))).toEqual(ok({ message: 'member is an admin now' }));
    expect(await read(noor.company.removeMember(4, mira.id))).toEqual(ok({ message: 'member removed successfully' }));
    expect(await read(mira.company.askToJoin(4, mira))).toEqual(refusal(422, 'You were removed from this group'));
    expect(await read(mira.company.listGroups())).toMatchObject(ok({ groups: [{ id: 4 }, { id: 5 }] }));
    expect(await read(owen.company.leaveGroup(5))).toEqual(ok({ message: 'you have left the group successfully' }));
    expect(await read(owen.company.askToJoin(5, owen))).toEqual(ok(connection(13, owen, 'accepted', undefined)));
    expect(await read(noor.company.deleteGroup(4))).toEqual(ok({ message: 'group destroyed successfully' }));
    expect(await read(noor.company.readGroup(4))).toEqual(refusal(404, 'Group not found'));
  });

  it('sets attributes of a group', async () => {
    const { players, toList } = await startSuite(dialect);
    const [mira, noor, owen] = players;
    await mira.company.createGroup({ name: 'Reds', can_auto_join: true, admins_only_can_create_attributes: true });
    await noor.company.askToJoin(4, noor);
    const toShown = (
      id: number,
      key: string,
      value: string,
      edits: readonly [others: boolean, can: boolean],
    ): object => ({
      ...{ id, key, value, creator_id: mira.id, can_edit: edits[1] },
      ...(dialect.lists === 'bare' && { others_can_edit: edits[0] }),
    });
    const theme = { key: 'theme', value: 'dark', othersCanEdit: false };
    const motto = { key: 'motto', value: 'On', othersCanEdit: true };
    expect(await read(mira.company.addGroupAttributes(4, [theme]))).toEqual(
      ok(toList('attributes', [toShown(2, 'theme', 'dark', [false, true])])),
    );
    expect(await read(mira.company.addGroupAttributes(4, [motto]))).toEqual(
      ok(toList('attributes', [toShown(3, 'motto', 'On', [true, true])])),
    );
    expect(await read(noor.company.addGroupAttributes(4, [{ ...theme, key: 'mine' }]))).toEqual(
      refusal(401, 'You cannot create attributes in this group'),
    );
    expect(await read(noor.company.modifyGroupAttribute(4, 'theme', 'light'))).toEqual(
      refusal(401, 'You cannot edit this attribute'),
    );
    expect(await read(noor.company.modifyGroupAttribute(4, 'motto', 'Off'))).toEqual(
      ok(toShown(3, 'motto', 'Off', [true, true])),
    );
    expect(await read(noor.company.listGroupAttributes(4))).toEqual(
      ok(toList('attributes', [toShown(2, 'theme', 'dark', [false, false]), toShown(3, 'motto', 'Off', [true, true])])),
    );
    expect(await read(owen.company.listGroupAttributes(4))).toEqual(
      refusal(401, 'Only members can see the attributes of a group'),
    );
  });

  it('chats with players and with groups', async () => {
    const { players, toList } = await startSuite(dialect);
    const [mira, noor, owen] = players;
    const message = (id: number, text: string, { id: user_id }: Player): object => ({
      ...{ id, text, user_id, created_at: NOW, read_by: [], read: false },
    });
    const chat = { id: 3, creator_id: mira.id, creator_type: 'User', participants: [mira.card, noor.card] };
    const hi = message(4, 'hi', mira);
    expect(await read(mira.company.createChat({ usernames: ['noor'] }, 'hi'))).toEqual(ok({ ...chat, messages: [hi] }));
    const sent = { ...message(5, 'there', mira), read_by: [mira.card], read: true };
    expect(await read(mira.company.sendMessage(3, 'there'))).toEqual(ok(sent));
    const unread = { ...sent, read: false };
    expect(await read(noor.company.listMessages(3, 1))).toEqual(ok(toList('messages', [unread, hi])));
    expect(await read(noor.company.markRead(5))).toEqual(ok({ message: 'Message marked as read' }));
    expect(await read(noor.company.markRead(5))).toEqual(refusal(422, 'Message has already been read'));
    const seen = { ...sent, read_by: [mira.card, noor.card] };
    expect(await noor.signIn()).toMatchObject({ direct_chats: [{ ...chat, messages: [seen, hi] }], group_chats: [] });

    await mira.company.createGroup({ name: 'Reds', can_auto_join: true });
    await noor.company.askToJoin(4, noor);
    const all = { id: 4, creator_id: 4, creator_type: 'Group', participants: [mira.card, noor.card] };
    const hello = message(6, 'all', mira);
    expect(await read(mira.company.createChat({ groupId: 4 }, 'all'))).toEqual(ok({ ...all, messages: [hello] }));
    expect(await read(noor.company.listChats(1))).toEqual(
      ok({ direct_chats: [{ ...chat, messages: [seen, hi] }], group_chats: [{ ...all, messages: [hello] }] }),
    );
    expect(await read(noor.company.listChats(2))).toEqual(ok({ direct_chats: [], group_chats: [] }));
    expect(await read(owen.company.sendMessage(3, 'me too'))).toEqual(refusal(422, 'Chat not found'));
    expect(await read(owen.company.createChat({ groupId: 4 }, 'me too'))).toEqual(
      refusal(422, 'Not a member of this group'),
    );
    for (let count = 0; count < 24; count += 1) await noor.company.sendMessage(3, String(count));
    const { body } = (await read(mira.company.listMessages(3, 2))) as { readonly body: unknown };
    expect(body).toEqual(toList('messages', [hi]));
  });

  it('acts for players from a server, with a key whose routes are switched', async () => {
    const { players, gameId, control, connect } = await startSuite(dialect);
    const [mira, noor] = players;
    const { result } = await control('createServiceKey', { name: 'arena', game_id: gameId });
    const key = { 'service-key-name': 'arena', 'service-key-token': String(result['token']) };
    const server = connect({ ...key, 'current-user-id': String(mira.id) });
    const request = { friendship_id: 3, requested_at: NOW, message: 'Friend request sent to noor' };
    expect(await read(server.requestFriend('noor'))).toEqual(ok({ ...noor.card, ...request }));
    const round = { game_user_id: mira.id, game_type: 'race', score: 7 };
    expect(await read(server.startRound(round, false))).toMatchObject(ok({ id: 4, ...round }, 201));
    const refused = refusal(401, 'Unauthorized access');
    await control('switchRoute', { game_id: gameId, operation: 'createGameRound', keys: false });
    expect(await read(server.startRound(round, false))).toEqual(refused);
    expect(await read(mira.company.startRound(round, false))).toMatchObject(ok({ id: 5 }, 201));
    await control('switchRoute', { game_id: gameId, operation: 'createGameRound', users: false, keys: true });
    expect(await read(mira.company.startRound(round, false))).toEqual(refused);
    expect(await read(server.startRound(round, false))).toMatchObject(ok({ id: 6 }, 201));
    expect(await read(connect({ ...key, 'current-user-id': '1' }).readFriendships())).toEqual(refused);
    expect(await read(connect(key).readFriendships())).toEqual(refused);
    await control('deleteServiceKey', { token: String(result['token']) });
    expect(await read(server.readFriendships())).toEqual(refused);
  });

  it('shows the current credits of a player to others', async () => {
    const { players } = await startSuite(dialect);
    const [mira, noor] = players;
    await mira.client.addCredits(40);
    await noor.company.requestFriend('mira');
    const card = { ...mira.card, credits: 40 };
    expect(await read(noor.company.readFriendships())).toMatchObject(ok({ outgoing_friend_requests: [card] }));
    expect(await read(noor.company.readUser(mira.id))).toEqual(
      ok({ ...card, last_login: '2025-12-31', number_of_logins: 1, ...{ friends: [], groups: [], game_rounds: [] } }),
    );
  });
});
