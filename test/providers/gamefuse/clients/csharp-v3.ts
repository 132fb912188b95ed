import { NO_GAME, NOBODY, readGame, readIdentity, receive } from './client.ts';
import type { Client, Received } from './client.ts';

/** How often a call is repeated that ends with 500 or more. */
const RETRIES = 3;

/**
 * The C# client of the third generation: JSON, in which the id of the game is a text, and the token
 * in the header with the hyphen. It does not know `reimburse`, nor `one_per_user` for the leaderboard
 * of a game.
 */
export function connectCsharpV3(url: string): Client {
  const base = `${url}/api/v3`;
  let game = NO_GAME;
  let user = NOBODY;

  // It waits between the attempts; nothing here depends on how long.
  const send = async (path: string, request?: RequestInit, retries = RETRIES): Promise<Received> => {
    const response = await fetch(base + path, request);
    const answer = await receive(response, response.ok);
    return answer.status >= 500 && retries > 0 ? send(path, request, retries - 1) : answer;
  };
  const tokenHeader = (): Record<string, string> => ({ 'authentication-token': user.token });

  const postText = (path: string, body: string, headers: Record<string, string> = {}): Promise<Received> =>
    send(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });
  const postUser = (action: string, fields: object): Promise<Received> =>
    postText(`/users/${user.id}/${action}`, JSON.stringify(fields), tokenHeader());
  const get = (path: string): Promise<Received> => send(path, { method: 'GET', headers: tokenHeader() });

  const enter = (answer: Received): readonly Received[] => {
    if (answer.succeeded) user = readIdentity(answer);
    return [answer];
  };

  return {
    async setUpGame({ id, token }) {
      const verified = await send(`/games/verify?client_from_library=cs&game_id=${id}&game_token=${token}`);
      if (!verified.succeeded) return [verified];
      game = readGame(verified);
      return [verified, await send(`/games/store_items?game_id=${game.id}&game_token=${game.token}`)];
    },
    async signUp({ email, password, username }) {
      const [game_id, game_token] = [game.id, game.token];
      const fields = { email, password, password_confirmation: password, username, game_id, game_token };
      return enter(await postText('/users', JSON.stringify(fields)));
    },
    async signIn({ email, password }) {
      const fields = { email, password, game_id: game.id, game_token: game.token };
      return enter(await postText('/sessions', JSON.stringify(fields)));
    },
    addCredits: (credits) => postUser('add_credits', { credits }),
    setCredits: (credits) => postUser('set_credits', { credits }),
    addScore: (score) => postUser('add_score', { score }),
    setScore: (score) => postUser('set_score', { score }),
    purchase: (store_item_id) => postUser('purchase_game_user_store_item', { store_item_id }),
    remove: (storeItemId) => get(`/users/${user.id}/remove_game_user_store_item?store_item_id=${storeItemId}`),
    setAttribute: (key, value) => postUser('add_game_user_attribute', { key, value }),
    setAttributes: (attributes) => postUser('add_game_user_attribute', { attributes }),
    // Of the two paths, the one in the singular.
    removeAttribute: (key) =>
      get(`/users/${user.id}/remove_game_user_attribute?game_user_attribute_key=${encodeURIComponent(key)}`),
    addEntry: (leaderboard, score, extra) => {
      const name = `"leaderboard_name":${JSON.stringify(leaderboard)}`;
      const metadata = Object.keys(extra).length > 0 ? `,"metadata":${JSON.stringify(extra)}` : '';
      // The score is a double, and keeps its point.
      const body = `{${name},"score":${score.toFixed(1)}${metadata}}`;
      return postText(`/users/${user.id}/add_leaderboard_entry`, body, tokenHeader());
    },
    clearEntries: (leaderboard_name) => postUser('clear_my_leaderboard_entries', { leaderboard_name }),
    readLeaderboard: (leaderboard, limit) => {
      const query = `leaderboard_name=${encodeURIComponent(leaderboard)}&limit=${limit}`;
      return get(`/games/${game.id}/leaderboard_entries?${query}`);
    },
    readEntries: (limit, onePerUser) =>
      get(`/users/${user.id}/leaderboard_entries?limit=${limit}&one_per_user=${onePerUser}`),
  };
}
