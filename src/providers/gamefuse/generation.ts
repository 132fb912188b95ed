import { drawPerson, oneForEach, pastInstant, toCompany, type GeneratedList } from '../../core/provider/generation.ts';
import { toListSchema } from '../../core/values/json-schema.ts';

/** Ids begin behind it, so that they are not those of other fixtures. */
const BEFORE = 1_000_000;
const ITEMS = ['Lantern', 'Compass', 'Raincoat', 'Spyglass', 'Kite', 'Teapot', 'Telescope', 'Scarf'];

export const generate: Readonly<Record<string, GeneratedList>> = {
  games: {
    fields: { description: { enum: ['A quiet puzzle.', 'Boats and weather.', 'Cards for two.', 'A long walk.'] } },
    complete: (made, { index }) => ({
      id: toId(index),
      name: toCompany(index),
      token: `generated_game_${index + 1}`,
      ...made,
    }),
  },
  store_items: {
    needs: { games: oneForEach(100) },
    fields: {
      name: { enum: ITEMS },
      cost: { type: 'integer', minimum: 1, maximum: 500 },
      category: { enum: ['tools', 'clothes', 'toys'] },
      description: { enum: ['As new.', 'Sold once a season.', 'Everybody has one.'] },
    },
    complete: (made, { index, size }) => ({ id: toId(index), game_id: toId(index % size('games')), ...made }),
  },
  users: {
    needs: { games: oneForEach(100_000) },
    fields: {
      credits: { type: 'integer', minimum: 0, maximum: 5000 },
      score: { type: 'integer', minimum: 0, maximum: 100_000 },
      last_login: pastInstant,
      number_of_logins: { type: 'integer', minimum: 1, maximum: 300 },
      game_user_attributes: {
        ...toListSchema(['key', 'value'], { key: { enum: ['level'] }, value: { enum: ['1', '2', '3', '5', '8'] } }),
        minItems: 1,
        maxItems: 1,
      },
      leaderboard_entries: {
        ...toListSchema(['leaderboard_name', 'score', 'created_at'], {
          leaderboard_name: { enum: ['all-time', 'this-week'] },
          score: { type: 'integer', minimum: 0, maximum: 100_000 },
          created_at: pastInstant,
        }),
        minItems: 0,
        maxItems: 2,
      },
    },
    complete: (made, place) => {
      const { index, size } = place;
      const { handle, email } = drawPerson(place);
      const game = index % size('games');
      const items = Math.ceil((size('store_items') - game) / size('games'));
      const owned = items > 0 && place.draw('owns', 3) === 0 ? [place.draw('item', items)] : [];
      return {
        id: toId(index),
        game_id: toId(game),
        username: handle,
        email,
        password: 'generated',
        ...made,
        game_user_store_items: owned.map((item) => toId(game + item * size('games'))),
      };
    },
  },
};

function toId(index: number): number {
  return BEFORE + index + 1;
}
