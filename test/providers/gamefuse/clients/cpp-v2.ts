import { NO_GAME, NOBODY, readGame, readIdentity, receive } from './client.ts';
import type { Client, Extra, Received } from './client.ts';

/**
 * The C++ client of the second generation: everything is in the query, the passwords included, and
 * a POST has an empty body. It sends no header of its own, and takes 200 only for a success.
 */
export function connectCppV2(url: string): Client {
  const base = `${url}/api/v2`;
  let game = NO_GAME;
  let user = NOBODY;

  const send = async (method: 'GET' | 'POST', pathAndQuery: string, more?: RequestInit): Promise<Received> => {
    const response = await fetch(base + pathAndQuery, { method, ...more });
    return receive(response, response.status === 200);
  };
  const toUserPath = (action: string, query = ''): string =>
    `/users/${user.id}/${action}?authentication_token=${user.token}${query}`;

  const enter = (answer: Received): readonly Received[] => {
    if (answer.succeeded) user = readIdentity(answer);
    return [answer];
  };

  return {
    async setUpGame({ id, token }) {
      const verified = await send('GET', `/games/verify?client_from_library=cpp&game_id=${id}&game_token=${token}`);
      if (!verified.succeeded) return [verified];
      game = readGame(verified);
      return [verified, await send('GET', `/games/store_items?game_id=${game.id}&game_token=${game.token}`)];
    },
    async signUp({ email, password, username }) {
      const player = `email=${email}&password=${password}&password_confirmation=${password}&username=${username}`;
      return enter(await send('POST', `/users?${player}&game_id=${game.id}&game_token=${game.token}`));
    },
    async signIn({ email, password }) {
      const player = `email=${email}&password=${password}`;
      return enter(await send('POST', `/sessions?${player}&game_id=${game.id}&game_token=${game.token}`));
    },
    addCredits: (credits) => send('POST', toUserPath('add_credits', `&credits=${credits}`)),
    setCredits: (credits) => send('POST', toUserPath('set_credits', `&credits=${credits}`)),
    addScore: (score) => send('POST', toUserPath('add_score', `&score=${score}`)),
    setScore: (score) => send('POST', toUserPath('set_score', `&score=${score}`)),
    purchase: (storeItemId) =>
      send('POST', toUserPath('purchase_game_user_store_item', `&store_item_id=${storeItemId}`)),
    // Its bug: the path is that of a purchase.
    remove: (storeItemId) => send('GET', toUserPath('purchase_game_user_store_item', `&store_item_id=${storeItemId}`)),
    setAttribute: (key, value) => send('POST', toUserPath('add_game_user_attribute', `&key=${key}&value=${value}`)),
    // The exception: a body and a header.
    setAttributes: (attributes) =>
      send('POST', `/users/${user.id}/add_game_user_attribute`, {
        headers: { 'Content-Type': 'application/json', authentication_token: user.token },
        body: JSON.stringify({ authentication_token: user.token, attributes }),
      }),
    removeAttribute: (key) => send('GET', toUserPath('remove_game_user_attributes', `&key=${key}`)),
    addEntry: (leaderboard, score, extra) => {
      const query = `&score=${score}&leaderboard_name=${leaderboard}`;
      const attributes = encodeURIComponent(toIndentedJson(extra));
      return send('POST', toUserPath('add_leaderboard_entry', `${query}&extra_attributes=${attributes}`));
    },
    clearEntries: (leaderboard) =>
      send('POST', toUserPath('clear_my_leaderboard_entries', `&leaderboard_name=${leaderboard}`)),
    readLeaderboard: (leaderboard, limit, onePerUser) => {
      const query = `authentication_token=${user.token}&leaderboard_name=${leaderboard}&limit=${limit}`;
      return send('GET', `/games/${game.id}/leaderboard_entries?${query}&one_per_user=${onePerUser}`);
    },
    readEntries: (limit, onePerUser) =>
      send('GET', toUserPath('leaderboard_entries', `&limit=${limit}&one_per_user=${onePerUser}`)),
  };
}

/** As Unreal writes a map of texts: one line for each, behind a tab. */
function toIndentedJson(extra: Extra): string {
  const texts = Object.entries(extra).map(([key, value]) => [key, String(value)]);
  return JSON.stringify(Object.fromEntries(texts), undefined, '\t');
}
