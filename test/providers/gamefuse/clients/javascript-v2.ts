import { NO_GAME, NOBODY, readGame, readIdentity, receive, toLooseJson } from './client.ts';
import type { Client, Received } from './client.ts';

/**
 * The JavaScript client of the second generation: the token goes twice, in the header with the
 * underscore and among the parameters. Fields are multipart or JSON, by the call.
 */
export function connectJavascriptV2(url: string): Client {
  const base = `${url}/api/v2`;
  let game = NO_GAME;
  let user = NOBODY;

  const send = async (path: string, request?: RequestInit): Promise<Received> => {
    const response = await fetch(base + path, request);
    // 299 is a success to it, too, until the text is read as JSON.
    return receive(response, response.ok);
  };
  const tokenHeader = (): Record<string, string> => ({ authentication_token: user.token });
  const jsonHeaders = (): Record<string, string> => ({ 'Content-Type': 'application/json', ...tokenHeader() });

  const postFields = (path: string, fields: object, headers: Record<string, string> = {}): Promise<Received> => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, String(value));
    return send(path, { method: 'POST', headers, body });
  };
  const postUserFields = (action: string, fields: object): Promise<Received> =>
    postFields(`/users/${user.id}/${action}`, { authentication_token: user.token, ...fields }, tokenHeader());
  const postUserJson = (action: string, fields: object): Promise<Received> =>
    send(`/users/${user.id}/${action}`, {
      method: 'POST',
      headers: jsonHeaders(),
      body: JSON.stringify({ authentication_token: user.token, ...fields }),
    });
  const getWithToken = (path: string, query = '', headers = tokenHeader()): Promise<Received> =>
    send(`${path}?authentication_token=${user.token}${query}`, { method: 'GET', headers });

  const enter = async (answer: Received): Promise<readonly Received[]> => {
    if (!answer.succeeded || answer.status === 299) return [answer];
    user = readIdentity(answer);
    return [
      answer,
      await getWithToken(`/users/${user.id}/game_user_attributes`, '', jsonHeaders()),
      await getWithToken(`/users/${user.id}/game_user_store_items`, '', jsonHeaders()),
    ];
  };

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
      return enter(await postFields('/users', fields));
    },
    async signIn({ email, password }) {
      return enter(await postFields('/sessions', { email, password, game_id: game.id }));
    },
    addCredits: (credits) => postUserJson('add_credits', { credits }),
    setCredits: (credits) => postUserJson('set_credits', { credits }),
    addScore: (score) => postUserJson('add_score', { score }),
    setScore: (score) => postUserJson('set_score', { score }),
    purchase: (store_item_id) => postUserFields('purchase_game_user_store_item', { store_item_id }),
    remove: (storeItemId, reimburse) =>
      getWithToken(
        `/users/${user.id}/remove_game_user_store_item`,
        `&store_item_id=${storeItemId}&reimburse=${reimburse}`,
      ),
    setAttribute: (key, value) => postUserJson('add_game_user_attribute', { key, value }),
    setAttributes: (attributes) => postUserJson('add_game_user_attribute', { attributes }),
    removeAttribute: (key) =>
      getWithToken(`/users/${user.id}/remove_game_user_attributes`, `&game_user_attribute_key=${key}`, jsonHeaders()),
    addEntry: (leaderboard_name, score, extra) =>
      postUserFields('add_leaderboard_entry', { leaderboard_name, extra_attributes: toLooseJson(extra), score }),
    clearEntries: (leaderboard_name) => postUserFields('clear_my_leaderboard_entries', { leaderboard_name }),
    readLeaderboard: (leaderboard, limit, onePerUser) =>
      getWithToken(
        `/games/${game.id}/leaderboard_entries`,
        `&limit=${limit}&one_per_user=${onePerUser}&leaderboard_name=${leaderboard}`,
        jsonHeaders(),
      ),
    readEntries: (limit, onePerUser) =>
      getWithToken(`/users/${user.id}/leaderboard_entries`, `&limit=${limit}&one_per_user=${onePerUser}`),
  };
}
