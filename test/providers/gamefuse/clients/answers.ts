import type { Identity, Received } from './client.ts';
import type { Dialect } from './dialects.ts';

/** The items in the store of the default fixtures' first game. */
export const TORCH = {
  id: 101,
  name: 'Torch',
  cost: 50,
  description: 'Burns for a night.',
  category: 'tools',
  icon_url: null,
};
export const SHIELD = {
  id: 102,
  name: 'Shield',
  cost: 100,
  description: 'Stops arrows.',
  category: 'armour',
  icon_url: null,
};
export const DRAGON = {
  id: 103,
  name: 'Dragon',
  cost: 5000,
  description: 'To ride, not to fight.',
  category: 'mounts',
  icon_url: 'https://cdn.lantern.example/dragon.png',
};

/** When the clock of the tests stands, as the service writes it: as an instant, on its wall clock, and as a day there. */
export const NOW = { instant: '2026-01-01T00:00:00.000Z', clock: '2025-12-31T19:00:00.000-05:00', day: '2025-12-31' };

/** To the letter, so that the order of keys counts. */
export function json(body: unknown): Received {
  return { status: 200, type: 'application/json', text: JSON.stringify(body), succeeded: true };
}

export function refusal(status: number, text: string): Received {
  return { status, type: 'text/plain', text, succeeded: false };
}

export function store(credits: number, ...items: readonly object[]): Received {
  return json({ credits, game_user_store_items: items });
}

interface UserFields {
  readonly credits?: number;
  readonly score?: number;
  readonly lastLogin?: string;
  readonly logins?: number;
  /** Calls so far. */
  readonly events: number;
}

/** The new player of the sessions, with the keys in their order. */
export function nadia({ version }: Dialect, { id, token }: Identity, fields: UserFields): object {
  const { credits = 0, score = 0, lastLogin = NOW.day, logins = 1, events } = fields;
  return {
    id,
    username: 'nadia',
    email: version === 'v2' ? '_appid_1_nadia@lantern.example' : 'nadia@lantern.example',
    display_email: 'nadia@lantern.example',
    credits,
    score,
    ...(version === 'v3' && { is_new_user: logins === 0 }),
    last_login: lastLogin,
    number_of_logins: logins,
    authentication_token: token,
    events_total: events,
    events_current_month: events,
    game_sessions_total: logins,
    game_sessions_current_month: logins,
  };
}

/** What the answer to a sign-in holds besides the user: in v3, all that there is about her. */
export function embedded(
  { version }: Dialect,
  attributes: readonly unknown[] = [],
  items: readonly unknown[] = [],
): object {
  if (version === 'v2') return {};
  return {
    game_user_attributes: attributes,
    game_user_store_items: items,
    friends: [],
    outgoing_friend_requests: [],
    incoming_friend_requests: [],
    groups: [],
    group_join_requests: [],
    group_invites: [],
    direct_chats: [],
    group_chats: [],
    game_rounds: [],
  };
}
