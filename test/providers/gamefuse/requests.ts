import type { ProviderRequests } from '../../support/requests.ts';

const LANTERN = '11111111-2222-4333-8444-555555555555';
const TAVERN = '33333333-4444-4555-8666-777777777777';
const BENOIT = { 'authentication-token': 'gamefuse-test-benoit' };
const CHIYO = { 'authentication-token': 'gamefuse-test-chiyo' };
const SYSTEM = { 'service-key-name': 'system', 'service-key-token': 'gamefuse-test-system-key' };
const GAME = `game_id=1&game_token=${LANTERN}`;

/** One request for each operation that succeeds on the default fixtures. */
export const requests: ProviderRequests = {
  counted: 'events',
  headers: { 'authentication-token': 'gamefuse-test-ada' },
  pools: {
    id: 'own_id',
    // Answers do not tell it: a sign-in as ada would make the token above a stale one.
    email: 'address',
    password_confirmation: 'password',
    store_item_id: 'item',
    game_user_attribute_key: 'key',
  },
  values: {
    own_id: ['1'],
    address: ['chiyo@lantern.example', 'benoit@lantern.example', 'new@lantern.example'],
    password: ['password'],
    game_id: ['1', '1', '1', '3'],
    game_token: [LANTERN, LANTERN, LANTERN, TAVERN],
    authentication_token: ['gamefuse-test-ada'],
    item: ['101', '102', '103'],
    key: ['class', 'level', 'pet', 'motto'],
    leaderboard_name: ['speedrun'],
    username: ['benoit', 'chiyo'],
    user_id: ['1', '2', '3'],
    game_user_id: ['1', '2'],
    friendship_id: ['1', '2'],
    round_id: ['1', '2', '3'],
    group_id: ['1', '2', '3'],
    connection_id: ['3', '6', '7'],
    member_id: ['2', '3'],
    chat_id: ['1', '2'],
    message_id: ['2', '3', '4'],
    page: ['1'],
    status: ['accepted', 'declined'],
  },
  // Not for what drops the game that all commands are about.
  stranger: { headers: SYSTEM, only: ['createTestGame', 'createTestUser', 'createTestStoreItem'] },
  unreached: {
    // With the option overdraft=refuse only.
    addCredits: [403],
    setCredits: [403],
    // Nobody asks the one who sends the commands.
    answerFriendRequest: [200],
    // All that the documents allow is converted.
    modifyGroupAttribute: [500],
    createTestGame: [500],
    createTestUser: [422, 500],
    createTestStoreItems: [201, 400, 413, 422, 500],
    cleanUpTest: [200, 413, 422, 500],
  },
  operations: {
    verifyGame: { method: 'GET', path: `/api/v2/games/verify?${GAME}&client_from_library=js` },
    fetchGameVariables: { method: 'GET', path: `/api/v2/games/fetch_game_variables?${GAME}` },
    listStoreItems: { method: 'GET', path: `/api/v2/games/store_items?${GAME}` },
    forgetPassword: { method: 'GET', path: `/api/v2/games/1/forget_password?${GAME}&email=ada@lantern.example` },
    signUp: {
      method: 'POST',
      path: '/api/v2/users',
      body: {
        email: 'grace@lantern.example',
        password: 'lamp',
        password_confirmation: 'lamp',
        username: 'grace',
        game_id: 1,
        game_token: LANTERN,
      },
    },
    // Not as ada, whose token would no longer be good.
    signIn: {
      method: 'POST',
      path: '/api/v3/sessions',
      body: { email: 'chiyo@lantern.example', password: 'password', game_id: '1' },
    },
    showUser: { method: 'GET', path: '/api/v3/users/2' },
    addCredits: { method: 'POST', path: '/api/v2/users/1/add_credits', body: { credits: 5 } },
    setCredits: { method: 'POST', path: '/api/v3/users/1/set_credits', body: { credits: 6000 } },
    addScore: { method: 'POST', path: '/api/v2/users/1/add_score', body: { score: -5 } },
    setScore: { method: 'POST', path: '/api/v3/users/1/set_score', body: { score: 77 } },
    listUserStoreItems: { method: 'GET', path: '/api/v2/users/1/game_user_store_items' },
    purchaseStoreItem: {
      method: 'POST',
      path: '/api/v2/users/1/purchase_game_user_store_item',
      body: { store_item_id: 101 },
    },
    removeStoreItem: {
      method: 'GET',
      path: '/api/v2/users/3/remove_game_user_store_item?store_item_id=101&reimburse=true',
      headers: { 'authentication-token': 'gamefuse-test-chiyo' },
    },
    listAttributes: { method: 'GET', path: '/api/v2/users/1/game_user_attributes' },
    addAttributes: {
      method: 'POST',
      path: '/api/v2/users/1/add_game_user_attribute',
      body: { key: 'class', value: 'knight', attributes: [{ key: 'pet', value: 'owl' }] },
    },
    removeAttributes: {
      method: 'GET',
      path: '/api/v2/users/1/remove_game_user_attributes?game_user_attribute_key=level',
    },
    addLeaderboardEntry: {
      method: 'POST',
      path: '/api/v3/users/1/add_leaderboard_entry',
      body: { leaderboard_name: 'speedrun', score: 1000, metadata: { route: 'south' } },
    },
    clearLeaderboardEntries: {
      method: 'POST',
      path: '/api/v2/users/1/clear_my_leaderboard_entries',
      body: { leaderboard_name: 'arena' },
    },
    listUserLeaderboardEntries: {
      method: 'GET',
      path: '/api/v2/users/1/leaderboard_entries?limit=5&one_per_user=false',
    },
    listGameLeaderboardEntries: {
      method: 'GET',
      path: '/api/v2/games/1/leaderboard_entries?leaderboard_name=speedrun&limit=5&one_per_user=true',
    },
    getServerTime: { method: 'GET', path: '/api/v3/util/get_server_time' },
    listFriendships: { method: 'GET', path: '/api/v3/friendships' },
    sendFriendRequest: { method: 'POST', path: '/api/v3/friendships', body: { username: 'chiyo' } },
    answerFriendRequest: {
      method: 'PUT',
      path: '/api/v3/friendships/2',
      headers: BENOIT,
      body: { friendship: { status: 'accepted' } },
    },
    deleteFriendRequest: { method: 'DELETE', path: '/api/v3/friendships/2', headers: CHIYO },
    unfriend: { method: 'DELETE', path: '/api/v3/unfriend?user_id=2' },
    listFriends: { method: 'GET', path: '/api/v3/friends?user_id=2' },
    listFriendsOf: { method: 'GET', path: '/api/v3/friends/2' },
    listOutgoingFriendRequests: { method: 'GET', path: '/api/v3/outgoing_friend_requests', headers: CHIYO },
    listIncomingFriendRequests: { method: 'GET', path: '/api/v3/incoming_friend_requests', headers: BENOIT },
    listGameRounds: { method: 'GET', path: '/api/v3/game_rounds?user_id=1&page=1&per_page=2' },
    createGameRound: {
      method: 'POST',
      path: '/api/v3/game_rounds',
      body: { game_round: { game_user_id: 1, game_type: 'race', place: 3 }, multiplayer: true },
    },
    getGameRound: { method: 'GET', path: '/api/v3/game_rounds/2' },
    updateGameRound: { method: 'PUT', path: '/api/v3/game_rounds/3', body: { place: 2 } },
    deleteGameRound: { method: 'DELETE', path: '/api/v3/game_rounds/1' },
    listGroups: { method: 'GET', path: '/api/v3/groups?with_full_data=true' },
    createGroup: { method: 'POST', path: '/api/v3/groups', body: { name: 'Scouts', max_group_size: 5 } },
    getGroup: { method: 'GET', path: '/api/v3/groups/1' },
    updateGroup: { method: 'PUT', path: '/api/v3/groups/1', body: { group: { max_group_size: 30 } } },
    deleteGroup: { method: 'DELETE', path: '/api/v3/groups/3' },
    connectToGroup: { method: 'POST', path: '/api/v3/group_connections', body: { group_id: 2 } },
    answerGroupConnection: { method: 'PUT', path: '/api/v3/group_connections/3', body: { status: 'accepted' } },
    cancelGroupConnection: { method: 'DELETE', path: '/api/v3/group_connections/cancel/3', headers: CHIYO },
    leaveGroup: { method: 'DELETE', path: '/api/v3/group_connections/leave/1', headers: BENOIT },
    removeGroupMember: { method: 'PUT', path: '/api/v3/group_connections/remove_member/2', body: { group_id: 1 } },
    makeGroupAdmin: { method: 'PUT', path: '/api/v3/group_connections/make_admin/2', body: { group_id: 1 } },
    listGroupAttributes: { method: 'GET', path: '/api/v3/groups/1/attributes' },
    addGroupAttributes: {
      method: 'POST',
      path: '/api/v3/groups/1/add_attribute',
      body: { attributes: [{ key: 'theme', value: 'dark', others_can_edit: false }] },
    },
    modifyGroupAttribute: {
      method: 'PATCH',
      path: '/api/v3/groups/1/modify_attribute',
      body: { key: 'motto', value: 'Onward' },
    },
    createChat: { method: 'POST', path: '/api/v3/chats', body: { usernames: ['chiyo'], text: 'Off to the lake?' } },
    listChats: { method: 'GET', path: '/api/v3/chats/page/1' },
    sendMessage: { method: 'POST', path: '/api/v3/messages', body: { message: { chat_id: 1, text: 'Found it.' } } },
    listMessages: { method: 'GET', path: '/api/v3/messages/page/1?chat_id=1' },
    markMessageRead: { method: 'POST', path: '/api/v3/messages/2/mark_as_read', body: {} },
    createTestGame: { method: 'POST', path: '/api/v3/test_suite/create_game', headers: SYSTEM, body: {} },
    createTestUser: {
      method: 'POST',
      path: '/api/v3/test_suite/create_user?game_id=1',
      headers: SYSTEM,
      body: { username: 'mira', email: 'mira@lantern.example' },
    },
    createTestStoreItem: {
      method: 'POST',
      path: '/api/v3/test_suite/create_store_item',
      headers: SYSTEM,
      body: { game_id: 1, name: 'Lamp', description: 'Glows', category: 'tools', cost: 30 },
    },
    cleanUpTest: { method: 'DELETE', path: '/api/v3/test_suite/clean_up_test?game_id=2', headers: SYSTEM },
  },
};
