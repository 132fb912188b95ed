import { NO_GAME, NOBODY, readGame, readIdentity, receive, toLooseJson } from './client.ts';
import type { Client, Received } from './client.ts';

/** What it goes through in the answer to a sign-in. */
const LISTS = [
  'game_user_attributes',
  'game_user_store_items',
  'friends',
  'outgoing_friend_requests',
  'incoming_friend_requests',
  'groups',
  'group_join_requests',
  'group_invites',
  'direct_chats',
  'group_chats',
  'game_rounds',
] as const;

/**
 * The JavaScript client of the third generation: the token is in the header with the hyphen and
 * nowhere else, and a sign-in brings what its predecessor asks for afterwards.
 */
export function connectJavascriptV3(url: string): Client {
  const base = `${url}/api/v3`;
  let game = NO_GAME;
  let user = NOBODY;

  const send = async (path: string, request?: RequestInit): Promise<Received> => {
    const response = await fetch(base + path, request);
    return receive(response, response.ok);
  };
  const tokenHeader = (): Record<string, string> => ({ 'authentication-token': user.token });
  const jsonHeaders = (): Record<string, string> => ({ 'Content-Type': 'application/json', ...tokenHeader() });

  const postFields = (path: string, fields: object, headers: Record<string, string> = {}): Promise<Received> => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, String(value));
    return send(path, { method: 'POST', headers, body });
  };
  const postUserFields = (action: string, fields: object): Promise<Received> =>
    postFields(`/users/${user.id}/${action}`, fields, tokenHeader());
  const postUserJson = (action: string, fields: object): Promise<Received> =>
    send(`/users/${user.id}/${action}`, { method: 'POST', headers: jsonHeaders(), body: JSON.stringify(fields) });
  const get = (path: string, headers = tokenHeader()): Promise<Received> => send(path, { method: 'GET', headers });

  return {
    async setUpGame({ id, token }) {
      const verified = await send(`/games/verify?client_from_library=js&game_id=${id}&game_token=${token}`);
      if (!verified.succeeded) return [verified];
      game = readGame(verified);
      return [verified, await send(`/games/store_items?game_id=${game.id}&game_token=${game.token}`)];
    },
    async signUp({ email, password, username }) {
      const [game_id, game_token] = [game.id, game.token];
      const fields = { email, password, password_confirmation: password, username, game_id, game_token };
      const answer = await postFields('/users', fields);
      if (answer.succeeded) user = readIdentity(answer);
      return [answer];
    },
    async signIn({ email, password }) {
      const answer = await postFields('/sessions', { game_id: game.id, email, password });
      if (answer.succeeded) {
        checkLists(answer);
        user = readIdentity(answer);
      }
      return [answer];
    },
    addCredits: (credits) => postUserJson('add_credits', { credits }),
    setCredits: (credits) => postUserJson('set_credits', { credits }),
    addScore: (score) => postUserJson('add_score', { score }),
    setScore: (score) => postUserJson('set_score', { score }),
    purchase: (store_item_id) => postUserFields('purchase_game_user_store_item', { store_item_id }),
    remove: (storeItemId, reimburse) =>
      get(`/users/${user.id}/remove_game_user_store_item?store_item_id=${storeItemId}&reimburse=${reimburse}`),
    setAttribute: (key, value) => postUserJson('add_game_user_attribute', { key, value }),
    setAttributes: (attributes) => postUserJson('add_game_user_attribute', { attributes }),
    removeAttribute: (key) =>
      get(`/users/${user.id}/remove_game_user_attributes?game_user_attribute_key=${key}`, jsonHeaders()),
    // The name and the form of the second generation.
    addEntry: (leaderboard_name, score, extra) =>
      postUserFields('add_leaderboard_entry', { leaderboard_name, extra_attributes: toLooseJson(extra), score }),
    clearEntries: (leaderboard_name) => postUserFields('clear_my_leaderboard_entries', { leaderboard_name }),
    readLeaderboard: (leaderboard, limit, onePerUser) => {
      const query = `limit=${limit}&one_per_user=${onePerUser}&leaderboard_name=${leaderboard}`;
      return get(`/games/${game.id}/leaderboard_entries?${query}`, jsonHeaders());
    },
    readEntries: (limit, onePerUser) =>
      get(`/users/${user.id}/leaderboard_entries?limit=${limit}&one_per_user=${onePerUser}`),
  };
}

function checkLists({ text }: Received): void {
  const session = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const missing = LISTS.filter((name) => !Array.isArray(session[name]));
  if (missing.length > 0) throw new TypeError(`There is nothing to go through in ${missing.join(', ')}.`);
}
