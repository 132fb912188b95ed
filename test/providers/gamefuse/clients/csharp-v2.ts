import { NO_GAME, NOBODY, readGame, readIdentity, receive, toLooseJson } from './client.ts';
import type { Client, Received } from './client.ts';

/**
 * The C# client of the second generation: urlencoded forms, in which everything is text, and the
 * token twice, in the header with the underscore and among the parameters.
 */
export function connectCsharpV2(url: string): Client {
  const base = `${url}/api/v2`;
  let game = NO_GAME;
  let user = NOBODY;

  const send = async (path: string, request?: RequestInit): Promise<Received> => {
    const response = await fetch(base + path, request);
    return receive(response, response.ok && response.status !== 299);
  };
  const tokenHeader = (): Record<string, string> => ({ authentication_token: user.token });

  const postForm = (path: string, fields: object, headers: Record<string, string> = {}): Promise<Received> => {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
    return send(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: form.toString(),
    });
  };
  const postUserForm = (action: string, fields: object): Promise<Received> =>
    postForm(`/users/${user.id}/${action}`, { authentication_token: user.token, ...fields }, tokenHeader());
  const getWithToken = (path: string, query = ''): Promise<Received> =>
    send(`${path}?authentication_token=${user.token}${query}`, { method: 'GET', headers: tokenHeader() });

  const enter = async (answer: Received): Promise<readonly Received[]> => {
    if (!answer.succeeded) return [answer];
    checkLastLogin(answer);
    user = readIdentity(answer);
    return [
      answer,
      await getWithToken(`/users/${user.id}/game_user_attributes`),
      await getWithToken(`/users/${user.id}/game_user_store_items`),
    ];
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
      return enter(await postForm('/users', fields));
    },
    async signIn({ email, password }) {
      return enter(await postForm('/sessions', { email, password, game_id: game.id }));
    },
    addCredits: (credits) => postUserForm('add_credits', { credits }),
    setCredits: (credits) => postUserForm('set_credits', { credits }),
    addScore: (score) => postUserForm('add_score', { score }),
    setScore: (score) => postUserForm('set_score', { score }),
    purchase: (store_item_id) => postUserForm('purchase_game_user_store_item', { store_item_id }),
    remove: (storeItemId, reimburse) =>
      getWithToken(
        `/users/${user.id}/remove_game_user_store_item`,
        `&store_item_id=${storeItemId}&reimburse=${toWord(reimburse)}`,
      ),
    setAttribute: (key, value) => postUserForm('add_game_user_attribute', { key, value }),
    // The one call whose body is JSON.
    setAttributes: (attributes) =>
      send(`/users/${user.id}/add_game_user_attribute`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...tokenHeader() },
        body: JSON.stringify({ authentication_token: user.token, attributes }),
      }),
    removeAttribute: (key) =>
      getWithToken(`/users/${user.id}/remove_game_user_attributes`, `&game_user_attribute_key=${key}`),
    addEntry: (leaderboard_name, score, extra) =>
      postUserForm('add_leaderboard_entry', { leaderboard_name, extra_attributes: toLooseJson(extra), score }),
    clearEntries: (leaderboard_name) => postUserForm('clear_my_leaderboard_entries', { leaderboard_name }),
    readLeaderboard: (leaderboard, limit, onePerUser) =>
      getWithToken(
        `/games/${game.id}/leaderboard_entries`,
        `&limit=${limit}&one_per_user=${toWord(onePerUser)}&leaderboard_name=${leaderboard}`,
      ),
    readEntries: (limit, onePerUser) =>
      getWithToken(`/users/${user.id}/leaderboard_entries`, `&limit=${limit}&one_per_user=${toWord(onePerUser)}`),
  };
}

/** How C# writes a boolean. */
function toWord(flag: boolean): 'True' | 'False' {
  return flag ? 'True' : 'False';
}

/** It reads the date whatever there is, and fails where there is none. */
function checkLastLogin({ text }: Received): void {
  const { last_login } = JSON.parse(text) as { readonly last_login: string };
  if (Number.isNaN(Date.parse(last_login))) throw new RangeError(`"${last_login}" is no date.`);
}
