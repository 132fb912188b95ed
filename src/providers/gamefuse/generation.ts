import { drawPerson, oneForEach, pastInstant, toCompany, type GeneratedList } from '../../core/provider/generation.ts';
import { toListSchema } from '../../core/values/json-schema.ts';
import { ROUTES } from './keys/routes.ts';

/** Generated ids are higher, so that they differ from those of other fixtures. */
const BEFORE = 1_000_000;
/** The number of successive users that are in the same game, so that they can be friends and chat. */
const CIRCLE = 16;
const needsPairs = { users: (count: number): number => CIRCLE + Math.ceil(count / 4) };
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
      const game = toGame(index, size('games'));
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
  service_keys: {
    needs: { games: oneForEach(100) },
    fields: {},
    complete: (_, { index, size }) => ({
      name: `generated-${index + 1}`,
      token: `generated_service_key_${index + 1}`,
      game_id: toId(index % size('games')),
    }),
  },
  route_switches: {
    needs: { games: oneForEach(ROUTES.length) },
    most: (size) => size('games') * ROUTES.length,
    fields: { users: true, keys: true },
    complete: (made, { index, size }) => ({
      game_id: toId(index % size('games')),
      operation: ROUTES[Math.floor(index / size('games'))],
      ...made,
    }),
  },
  friendships: {
    needs: needsPairs,
    most: (size) => countPairs(size('users')),
    fields: { status: true, requested_at: pastInstant },
    complete: (made, { index, size }) => {
      const [sender_id, receiver_id] = toPair(index, size('users'));
      return { id: toId(index), sender_id, receiver_id, ...made };
    },
  },
  game_rounds: {
    needs: { users: oneForEach(10) },
    fields: {
      game_type: { enum: ['race', 'cave', 'duel'] },
      score: { type: 'integer', minimum: 0, maximum: 1000 },
      created_at: pastInstant,
    },
    complete: (made, { index, size }) => ({ id: toId(index), game_user_id: toId(index % size('users')), ...made }),
  },
  groups: {
    needs: { users: oneForEach(10) },
    fields: { name: { enum: ['Wardens', 'Night Walkers', 'Harbor Hands', 'Third Shift'] }, can_auto_join: true },
    complete: (made, { index, size }) => {
      const founder = index % size('users');
      const connection = { id: toId(index), user_id: toId(founder), standing: 'member', admin: true };
      return { id: toId(index), game_id: toId(toGame(founder, size('games'))), ...made, connections: [connection] };
    },
  },
  chats: {
    needs: needsPairs,
    most: (size) => countPairs(size('users')),
    fields: {},
    complete: (_, place) => {
      const { index, size } = place;
      const user_ids = toPair(index, size('users'));
      const text = TALK[place.draw('text', TALK.length)];
      return {
        id: toId(index),
        creator_id: user_ids[0],
        user_ids,
        messages: [{ id: toId(index), user_id: user_ids[0], text, read_by: user_ids }],
      };
    },
  },
};

const TALK = ['Are you on tonight?', 'That was close.', 'I have the map.', 'One more round?'];

function toGame(user: number, games: number): number {
  return Math.floor(user / CIRCLE) % games;
}

/** Counts the complete circles of the users, and the members of each. */
function toCircles(users: number): { readonly circles: number; readonly members: number } {
  return { circles: Math.max(1, Math.floor(users / CIRCLE)), members: Math.min(users, CIRCLE) };
}

function countPairs(users: number): number {
  const { circles, members } = toCircles(users);
  return (circles * members * (members - 1)) / 2;
}

/** Returns two players of one circle, a different pair for each index. */
function toPair(index: number, users: number): readonly [number, number] {
  const { circles, members } = toCircles(users);
  let [rest, first] = [Math.floor(index / circles), 0];
  while (rest >= members - 1 - first) {
    rest -= members - 1 - first;
    first += 1;
  }
  const from = (index % circles) * CIRCLE;
  return [toId(from + first), toId(from + first + 1 + rest)];
}

function toId(index: number): number {
  return BEFORE + index + 1;
}
