import { presentCard } from '../cards.ts';
import { assert } from '../errors.ts';
import { createGame, findGame } from '../games.ts';
import type { OpenOperation } from '../operation.ts';
import { isGiven, toText, toWhole } from '../parameters.ts';
import { dropGame } from '../removal.ts';
import type { Game, State, StoreItem, StoreItemId } from '../state.ts';
import { createUser } from '../users.ts';

// FIDELITY: operations for tests of clients, which need a system key (REST docs, v3; client tests).

export const createTestGame: OpenOperation<'createTestGame'> = (call) => {
  const { id, name, token } = createGame(call, { name: 'Test Game', description: '' });
  return { status: 201, body: { id, name, token } };
};

// FIDELITY: the user has a token without a sign-in, and the password "password" (client tests).
export const createTestUser: OpenOperation<'createTestUser'> = ({ params, state, now, random, ids }) => {
  const game = getGame(state, params);
  const [username, email] = [toText(params.username), toText(params.email)];
  assert(username !== undefined, 'NO_USERNAME');
  assert(email !== undefined, 'NO_EMAIL');
  const user = createUser({ state, now, random, ids }, game, { username, email, password: 'password' });
  return {
    status: 201,
    body: { ...presentCard(user), display_email: user.email, authentication_token: user.token },
  };
};

export const createTestStoreItem: OpenOperation<'createTestStoreItem'> = ({ params, state, ids }) => {
  const game = getGame(state, params);
  const name = toText(params.name);
  assert(name !== undefined, 'BLANK_NAME');
  const cost = isGiven(params.cost) ? toWhole(params.cost) : 0;
  assert(cost >= 0 && cost < 2 ** 31, 'BAD_COST');
  const item: StoreItem = {
    id: ids.next('store item') as StoreItemId,
    gameId: game.id,
    name,
    cost,
    description: toText(params.description) ?? '',
    category: toText(params.category) ?? '',
    iconUrl: null,
  };
  state.storeItems.put(item);
  const { id, description, category } = item;
  return { status: 201, body: { id, game_id: game.id, name, description, category, cost } };
};

// FIDELITY: the text (REST docs, v3; client tests). ASSUMED: it deletes any game, not only test games.
export const cleanUpTest: OpenOperation<'cleanUpTest'> = ({ params, state }) => {
  dropGame(state, getGame(state, params));
  return { status: 200, body: { message: 'everything should have been destroyed!' } };
};

function getGame(state: State, params: { readonly game_id?: string | number | null }): Game {
  const game = findGame(state, params);
  assert(game, 'TEST_GAME_UNKNOWN');
  return game;
}
