import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import { assert } from './errors.ts';
import { createGame as newGame, getNamedGame } from './games.ts';
import type { GameFuse } from './operation.ts';
import { presentGame, presentStoreItem, presentVariable } from './present.ts';
import { idSchema } from './ids.ts';
import type { StoreItem, StoreItemId } from './state.ts';

// FIDELITY: only the dashboard makes games, store items and game variables (REST docs, v2).

const cost = { type: 'integer', minimum: 0, maximum: 2_147_483_647, description: 'Credits.' };

interface NewGame {
  readonly name: string;
  readonly description?: string;
}

export const createGame: Control<GameFuse, NewGame> = {
  describe: 'Create a game, as a developer does in the dashboard. Returns its id and token.',
  schema: toObjectSchema(['name'], { name: text, description: { type: 'string' } }),
  run: (context) => {
    const { name, description = '' } = context.args;
    const game = newGame(context, { name, description });
    return presentGame(game, context.state);
  },
};

interface NewStoreItem {
  readonly game_id: number;
  readonly name: string;
  readonly cost: number;
  readonly description?: string;
  readonly category?: string;
  readonly icon_url?: string;
}

export const createStoreItem: Control<GameFuse, NewStoreItem> = {
  describe: 'Add an item to the store of a game.',
  schema: toObjectSchema(['game_id', 'name', 'cost'], {
    game_id: idSchema,
    name: text,
    cost,
    description: { type: 'string' },
    category: { type: 'string' },
    icon_url: text,
  }),
  run: ({ state, ids, args }) => {
    const item: StoreItem = {
      id: ids.next('store item') as StoreItemId,
      gameId: getNamedGame(state, args.game_id).id,
      name: args.name,
      cost: args.cost,
      description: args.description ?? '',
      category: args.category ?? '',
      iconUrl: args.icon_url ?? null,
    };
    state.storeItems.put(item);
    return presentStoreItem(item);
  },
};

export const priceStoreItem: Control<GameFuse, { readonly store_item_id: number; readonly cost: number }> = {
  describe: 'Change the price of a store item.',
  schema: toObjectSchema(['store_item_id', 'cost'], { store_item_id: idSchema, cost }),
  run: ({ state, args }) => {
    const known = state.storeItems.find(String(args.store_item_id));
    assert(known, 'CONTROL_WITHOUT_ITEM');
    const item = { ...known, cost: args.cost };
    state.storeItems.put(item);
    return presentStoreItem(item);
  },
};

interface NewVariable {
  readonly game_id: number;
  readonly key: string;
  readonly value: string;
}

export const setGameVariable: Control<GameFuse, NewVariable> = {
  describe: 'Set a variable of a game, which clients read when they verify it.',
  schema: toObjectSchema(['game_id', 'key', 'value'], { game_id: idSchema, key: text, value: { type: 'string' } }),
  run: ({ state, ids, args: { game_id, key, value } }) => {
    const game = getNamedGame(state, game_id);
    const known = state.gameVariables.findBy('key', game.id, key);
    const variable = { id: known?.id ?? ids.next('game variable'), gameId: game.id, key, value };
    state.gameVariables.put(variable);
    return presentVariable(variable);
  },
};

export const disableGame: Control<GameFuse, { readonly game_id: number; readonly disabled?: boolean }> = {
  describe: 'Disable a game, as billing or the developer does, or enable it again.',
  schema: toObjectSchema(['game_id'], { game_id: idSchema, disabled: { type: 'boolean', default: true } }),
  run: ({ state, args: { game_id, disabled = true } }) => {
    const game = { ...getNamedGame(state, game_id), disabled };
    state.games.put(game);
    return { ...presentGame(game, state), disabled };
  },
};
