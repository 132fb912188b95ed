import { receive, type Received } from './client.ts';

/** What clients of the third generation do beyond credits; how they ask for it is their own affair. */
export interface CompanyClient {
  requestFriend(username: string): Promise<Received>;
  answerFriend(friendshipId: number, status: Answer): Promise<Received>;
  cancelFriend(friendshipId: number): Promise<Received>;
  unfriend(userId: number): Promise<Received>;
  readFriendships(): Promise<Received>;
  readUser(userId: number): Promise<Received>;
  startRound(round: object, isMultiplayer: boolean): Promise<Received>;
  readRound(roundId: number): Promise<Received>;
  listRounds(userId: number): Promise<Received>;
  changeRound(roundId: number, change: object): Promise<Received>;
  deleteRound(roundId: number): Promise<Received>;
  createGroup(fields: object): Promise<Received>;
  listGroups(): Promise<Received>;
  readGroup(groupId: number): Promise<Received>;
  changeGroup(groupId: number, change: object): Promise<Received>;
  deleteGroup(groupId: number): Promise<Received>;
  askToJoin(groupId: number, own: Named): Promise<Received>;
  invite(groupId: number, own: Named, invited: Named): Promise<Received>;
  answerConnection(connectionId: number, kind: 'join_request' | 'invite', status: Answer): Promise<Received>;
  cancelConnection(connectionId: number): Promise<Received>;
  leaveGroup(groupId: number): Promise<Received>;
  removeMember(groupId: number, userId: number): Promise<Received>;
  makeAdmin(groupId: number, userId: number): Promise<Received>;
  addGroupAttributes(groupId: number, attributes: readonly GroupAttribute[]): Promise<Received>;
  listGroupAttributes(groupId: number): Promise<Received>;
  modifyGroupAttribute(groupId: number, key: string, value: string): Promise<Received>;
  createChat(
    place: { readonly usernames: readonly string[] } | { readonly groupId: number },
    text: string,
  ): Promise<Received>;
  listChats(page: number): Promise<Received>;
  sendMessage(chatId: number, text: string): Promise<Received>;
  listMessages(chatId: number, page: number): Promise<Received>;
  markRead(messageId: number): Promise<Received>;
  readServerTime(): Promise<Received>;
}

export type Answer = 'accepted' | 'declined';

export interface Named {
  readonly id: number;
  readonly username: string;
}

export interface GroupAttribute {
  readonly key: string;
  readonly value: string;
  readonly othersCanEdit: boolean;
}

/** The vendor's suites make a game of their own with a key of the system, and drop it. */
export interface SuiteClient {
  createGame(): Promise<Received>;
  createUser(gameId: number, username: string, email: string): Promise<Received>;
  createStoreItem(gameId: number, item: StoreItem): Promise<Received>;
  cleanUp(gameId: number): Promise<Received>;
}

export interface StoreItem {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly cost: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Send = (method: Method, path: string, body?: object) => Promise<Received>;

function createSend(url: string, headers: Readonly<Record<string, string>>): Send {
  return async (method, path, body) => {
    const sent = { ...headers, 'Content-Type': 'application/json' };
    const response = await fetch(`${url}/api/v3${path}`, {
      method,
      headers: sent,
      ...(body && { body: JSON.stringify(body) }),
    });
    return receive(response, response.ok);
  };
}

/** What all of them ask for in the same way. */
function connectCommon(send: Send) {
  return {
    requestFriend: (username) => send('POST', '/friendships', { username }),
    cancelFriend: (friendshipId) => send('DELETE', `/friendships/${friendshipId}`),
    readUser: (userId) => send('GET', `/users/${userId}`),
    readRound: (roundId) => send('GET', `/game_rounds/${roundId}`),
    deleteRound: (roundId) => send('DELETE', `/game_rounds/${roundId}`),
    createGroup: (fields) => send('POST', '/groups', fields),
    readGroup: (groupId) => send('GET', `/groups/${groupId}`),
    deleteGroup: (groupId) => send('DELETE', `/groups/${groupId}`),
    cancelConnection: (connectionId) => send('DELETE', `/group_connections/cancel/${connectionId}`),
    leaveGroup: (groupId) => send('DELETE', `/group_connections/leave/${groupId}`),
    removeMember: (group_id, userId) => send('PUT', `/group_connections/remove_member/${userId}`, { group_id }),
    makeAdmin: (group_id, userId) => send('PUT', `/group_connections/make_admin/${userId}`, { group_id }),
    listGroupAttributes: (groupId) => send('GET', `/groups/${groupId}/attributes`),
    modifyGroupAttribute: (groupId, key, value) => send('PATCH', `/groups/${groupId}/modify_attribute`, { key, value }),
    createChat: (place, text) =>
      send('POST', '/chats', 'groupId' in place ? { group_id: place.groupId, text } : { ...place, text }),
    listChats: (page) => send('GET', `/chats/page/${page}`),
    listMessages: (chatId, page) => send('GET', `/messages/page/${page}?chat_id=${chatId}`),
    markRead: (messageId) => send('POST', `/messages/${messageId}/mark_as_read`),
    readServerTime: () => send('GET', '/util/get_server_time'),
  } satisfies Partial<CompanyClient>;
}

/** The JavaScript client of the third generation wraps what it sends, and says beside it what it is about. */
function connectWrapping(url: string, headers: Readonly<Record<string, string>>): CompanyClient {
  const send = createSend(url, headers);
  const connect = (fields: object, beside: object = {}): Promise<Received> =>
    send('POST', '/group_connections', { group_connection: fields, ...beside });
  return {
    ...connectCommon(send),
    answerFriend: (friendshipId, status) => send('PUT', `/friendships/${friendshipId}`, { friendship: { status } }),
    unfriend: (user_id) => send('DELETE', '/unfriend', { user_id }),
    readFriendships: () => send('GET', '/friendships'),
    startRound: (game_round, multiplayer) => send('POST', '/game_rounds', { game_round, multiplayer }),
    // It has no call for a list, and reads it of the user.
    listRounds: (userId) => send('GET', `/users/${userId}`),
    changeRound: (roundId, game_round) => send('PUT', `/game_rounds/${roundId}`, { game_round }),
    listGroups: () => send('GET', '/groups'),
    changeGroup: (groupId, group) => send('PUT', `/groups/${groupId}`, { group }),
    askToJoin: (group_id, { id: user_id }) =>
      connect({ group_id, user_id, status: 'pending', action_type: 'join_request' }),
    invite: (group_id, { id: inviter_id }, { username }) =>
      connect({ group_id, inviter_id, status: 'pending', action_type: 'invite' }, { username }),
    answerConnection: (connectionId, connection_type, status) =>
      send('PUT', `/group_connections/${connectionId}`, {
        group_connection: { status, action_type: 'update' },
        connection_type,
      }),
    addGroupAttributes: (groupId, attributes) =>
      send('POST', `/groups/${groupId}/add_attribute`, {
        attributes: attributes.map(({ key, value, othersCanEdit }) => ({ key, value, others_can_edit: othersCanEdit })),
      }),
    sendMessage: (chat_id, text) => send('POST', '/messages', { message: { chat_id, text } }),
  };
}

/** The C++ client of the third generation sends all flat, and calls each answer to a connection one to an invitation. */
function connectFlat(url: string, headers: Readonly<Record<string, string>>): CompanyClient {
  const send = createSend(url, headers);
  return {
    ...connectCommon(send),
    answerFriend: (friendshipId, status) => send('PUT', `/friendships/${friendshipId}`, { status }),
    unfriend: (userId) => send('DELETE', `/unfriend?user_id=${userId}`),
    readFriendships: () => send('GET', '/friendships'),
    startRound: (round, multiplayer) => send('POST', '/game_rounds', { ...round, ...(multiplayer && { multiplayer }) }),
    listRounds: (userId) => send('GET', `/game_rounds?user_id=${userId}&page=1&per_page=100`),
    changeRound: (roundId, change) => send('PUT', `/game_rounds/${roundId}`, change),
    listGroups: () => send('GET', '/groups?query='),
    changeGroup: (groupId, change) => send('PUT', `/groups/${groupId}`, change),
    askToJoin: (group_id, { id: user_id }) => send('POST', '/group_connections', { group_id, user_id }),
    invite: (group_id, _own, { id: user_id, username }) =>
      send('POST', '/group_connections', { group_id, user_id, username, action_type: 'invite' }),
    answerConnection: (connectionId, _kind, status) =>
      send('PUT', `/group_connections/${connectionId}`, { status, connection_type: 'invite' }),
    addGroupAttributes: (groupId, attributes) =>
      send('POST', `/groups/${groupId}/add_attribute`, {
        attributes: attributes.map(({ key, value, othersCanEdit }) => ({
          key,
          value,
          only_can_edit_by_creator: !othersCanEdit,
        })),
      }),
    sendMessage: (chat_id, text) => send('POST', '/messages', { chat_id, text }),
  };
}

/** The JavaScript suite: the game in the query, what is made in a body. */
function connectSuiteByBody(url: string, headers: Readonly<Record<string, string>>): SuiteClient {
  const send = createSend(url, headers);
  return {
    createGame: () => send('POST', '/test_suite/create_game'),
    createUser: (gameId, username, email) =>
      send('POST', `/test_suite/create_user?game_id=${gameId}`, { username, email }),
    createStoreItem: (game_id, item) => send('POST', '/test_suite/create_store_item', { game_id, ...item }),
    cleanUp: (game_id) => send('DELETE', '/test_suite/clean_up_test', { game_id }),
  };
}

/** The C++ tests: all of it in the query, and the item's path in the plural. */
function connectSuiteByQuery(url: string, headers: Readonly<Record<string, string>>): SuiteClient {
  const send = createSend(url, headers);
  const toQuery = (fields: object): string =>
    new URLSearchParams(
      Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
  return {
    createGame: () => send('POST', '/test_suite/create_game'),
    createUser: (game_id, username, email) =>
      send('POST', `/test_suite/create_user?${toQuery({ game_id, username, email })}`),
    createStoreItem: (game_id, item) => send('POST', `/test_suite/create_store_items?${toQuery({ game_id, ...item })}`),
    cleanUp: (game_id) => send('DELETE', `/test_suite/clean_up_test?game_id=${game_id}`),
  };
}

export interface CompanyDialect {
  readonly name: string;
  /** With the headers that say who asks: a token, or a service key with its user. */
  readonly connect: (url: string, headers: Readonly<Record<string, string>>) => CompanyClient;
  readonly connectSuite: (url: string, headers: Readonly<Record<string, string>>) => SuiteClient;
  /** How it reads attributes of a group and messages of a chat. */
  readonly lists: 'wrapped' | 'bare';
  /** Whether it reads the rounds of a user in a list of their own. */
  readonly listsRounds: boolean;
}

export const companyDialects: readonly CompanyDialect[] = [
  {
    name: 'JavaScript v3',
    connect: connectWrapping,
    connectSuite: connectSuiteByBody,
    lists: 'bare',
    listsRounds: false,
  },
  { name: 'C++ v3', connect: connectFlat, connectSuite: connectSuiteByQuery, lists: 'wrapped', listsRounds: true },
];
