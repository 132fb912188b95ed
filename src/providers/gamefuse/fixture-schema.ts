import { credential, instant, text, toListSchema } from '../../core/values/json-schema.ts';
import { faultField } from '../../core/provider/magic-subject.ts';
import { chatSchema, type ChatEntry } from './chats/fixture.ts';
import { friendshipSchema, type FriendshipEntry } from './friendships/fixture.ts';
import { groupSchema, type GroupEntry } from './groups/fixture.ts';
import { routeSwitchSchema, serviceKeySchema, type RouteSwitchEntry, type ServiceKeyEntry } from './keys/fixture.ts';
import { gameRoundSchema, type GameRoundEntry } from './rounds/fixture.ts';

/** The section `gamefuse:` of a fixture, in the words of the wire. */
export interface Section {
  readonly games?: readonly GameEntry[];
  readonly store_items?: readonly StoreItemEntry[];
  readonly users?: readonly UserEntry[];
  readonly service_keys?: readonly ServiceKeyEntry[];
  readonly route_switches?: readonly RouteSwitchEntry[];
  readonly friendships?: readonly FriendshipEntry[];
  readonly game_rounds?: readonly GameRoundEntry[];
  readonly groups?: readonly GroupEntry[];
  readonly chats?: readonly ChatEntry[];
}

export interface GameEntry {
  readonly id: number;
  readonly name: string;
  readonly token: string;
  readonly description?: string;
  readonly disabled?: boolean;
  readonly game_variables?: readonly { readonly id?: number; readonly key: string; readonly value: string }[];
}

export interface StoreItemEntry {
  readonly id: number;
  readonly game_id: number;
  readonly name: string;
  readonly cost: number;
  readonly description?: string;
  readonly category?: string;
  readonly icon_url?: string | null;
}

export interface UserEntry {
  readonly id: number;
  readonly game_id: number;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly credits?: number;
  readonly score?: number;
  readonly authentication_token?: string;
  readonly last_login?: string;
  readonly number_of_logins?: number;
  readonly events_total?: number;
  readonly events_current_month?: number;
  readonly game_sessions_total?: number;
  readonly game_sessions_current_month?: number;
  readonly active_month?: string;
  readonly game_user_store_items?: readonly number[];
  readonly game_user_attributes?: readonly { readonly id?: number; readonly key: string; readonly value: string }[];
  readonly leaderboard_entries?: readonly LeaderboardEntryEntry[];
  readonly fault?: string;
}

interface LeaderboardEntryEntry {
  readonly id?: number;
  readonly leaderboard_name: string;
  readonly score: number;
  readonly extra_attributes?: string;
  readonly created_at?: string;
}

const LARGEST = 2_147_483_647;
/** Counts go on from what a fixture says, and the state has to load again. */
const id = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const whole = { type: 'integer', minimum: -LARGEST - 1, maximum: LARGEST };
const cost = { type: 'integer', minimum: 0, maximum: LARGEST, description: 'Credits.' };
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const anyText = { type: 'string' };

export const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    games: toListSchema(['id', 'name', 'token'], {
      id,
      name: text,
      token: { ...text, description: 'What clients send as game_token.' },
      description: anyText,
      disabled: { type: 'boolean', description: 'Nobody signs up or in.' },
      game_variables: toListSchema(['key', 'value'], { id, key: text, value: anyText }),
    }),
    store_items: toListSchema(['id', 'game_id', 'name', 'cost'], {
      id,
      game_id: id,
      name: text,
      cost,
      description: anyText,
      category: anyText,
      icon_url: { type: ['string', 'null'] },
    }),
    users: toListSchema(['id', 'game_id', 'username', 'email', 'password'], {
      id,
      game_id: id,
      username: text,
      email: { ...text, description: 'The real address, with which the user signs in.' },
      password: { ...text, description: 'Plain, or hashed as a saved state has it.' },
      credits: whole,
      score: whole,
      authentication_token: { ...credential, description: 'Good until the user signs in. Made up if left out.' },
      last_login: instant,
      number_of_logins: count,
      events_total: count,
      events_current_month: count,
      game_sessions_total: count,
      game_sessions_current_month: count,
      active_month: {
        type: 'string',
        pattern: '^[0-9]{4}-[0-9]{2}$',
        description: 'The month that the counts of the current month are of. That of last_login if left out.',
      },
      game_user_store_items: { type: 'array', items: id, description: 'Ids of the store items that the user owns.' },
      game_user_attributes: toListSchema(['key', 'value'], { id, key: text, value: anyText }),
      leaderboard_entries: toListSchema(['leaderboard_name', 'score'], {
        id,
        leaderboard_name: text,
        score: whole,
        extra_attributes: { ...anyText, description: 'JSON text of an object.' },
        created_at: instant,
      }),
      fault: faultField,
    }),
    service_keys: serviceKeySchema,
    route_switches: routeSwitchSchema,
    friendships: friendshipSchema,
    game_rounds: gameRoundSchema,
    groups: groupSchema,
    chats: chatSchema,
  },
};
