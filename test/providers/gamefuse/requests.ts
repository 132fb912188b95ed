import type { ProviderRequests } from '../../support/requests.ts';

const LANTERN = '11111111-2222-4333-8444-555555555555';
const TAVERN = '33333333-4444-4555-8666-777777777777';
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
    key: ['class', 'level', 'pet'],
    leaderboard_name: ['speedrun'],
  },
  // With the option overdraft=refuse only.
  unreached: { addCredits: [403], setCredits: [403] },
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
  },
};
