/** What the default fixtures hold of those who know each other, as v3 shows it. */

const toCard = (id: number, username: string, credits: number, score: number) => ({
  id,
  username,
  credits,
  score,
  email: `${username}@lantern.example`,
  is_new_user: false,
});

export const ADA_CARD = toCard(1, 'ada', 5200, 1200);
export const BENOIT_CARD = toCard(2, 'benoit', 49, 300);
export const CHIYO_CARD = toCard(3, 'chiyo', 0, 0);

const toGroup = (id: number, name: string, member_count: number) => ({
  id,
  name,
  group_type: 'default',
  can_auto_join: false,
  is_invite_only: false,
  max_group_size: null as number | null,
  searchable: true,
  member_count,
});

export const WARDENS = { ...toGroup(1, 'Wardens of the Lamp', 2), max_group_size: 20 };
export const NIGHT_WALKERS = { ...toGroup(2, 'Night Walkers', 1), can_auto_join: true };
export const INNER_CIRCLE = { ...toGroup(3, 'Inner Circle', 1), is_invite_only: true };

const RACED = { start_time: '2025-12-24T18:00:00.000Z', end_time: null };
const RANKINGS = [
  { id: 3, place: 1, score: 91, ...RACED, user: BENOIT_CARD },
  { id: 2, place: 2, score: 88, ...RACED, user: ADA_CARD },
];
const RACE = { game_id: 1, multiplayer_game_round_id: 1, game_type: 'race', metadata: null, ...RACED };

export const ADAS_ROUND = {
  ...RACE,
  id: 2,
  game_user_id: 1,
  place: 2,
  score: 88,
  created_at: '2025-12-24T18:09:00.000Z',
  updated_at: '2025-12-24T18:09:00.000Z',
  rankings: RANKINGS,
};
export const BENOITS_ROUND = {
  ...RACE,
  id: 3,
  game_user_id: 2,
  place: 1,
  score: 91,
  created_at: '2025-12-24T18:09:00.500Z',
  updated_at: '2025-12-24T18:09:00.500Z',
  rankings: RANKINGS,
};
export const CAVE = {
  id: 1,
  game_id: 1,
  game_user_id: 1,
  multiplayer_game_round_id: null,
  game_type: 'cave',
  place: null,
  score: 41.5,
  start_time: '2025-12-22T20:00:00.000-05:00',
  end_time: '2025-12-22T20:12:30.000-05:00',
  metadata: { lamps: 3 },
  created_at: '2025-12-23T01:12:30.250Z',
  updated_at: '2025-12-23T01:12:30.250Z',
};

const LEFT_UNREAD = {
  id: 3,
  text: 'The lamp is out again.',
  user_id: 2,
  created_at: '2025-12-26T21:00:00.000Z',
  read_by: [],
  read: false,
};

export const ASKED = {
  id: 1,
  text: 'Did you find the oil?',
  user_id: 1,
  created_at: '2025-12-25T09:00:00.000Z',
  read_by: [BENOIT_CARD],
  read: false,
};
export const ANSWERED = {
  id: 2,
  text: 'Behind the second door.',
  user_id: 2,
  created_at: '2025-12-25T09:05:00.000Z',
  read_by: [BENOIT_CARD],
  read: false,
};

export const DIRECT_CHAT = {
  id: 1,
  creator_id: 1,
  creator_type: 'User',
  messages: [ANSWERED, ASKED],
  participants: [ADA_CARD, BENOIT_CARD],
};
export const GROUP_CHAT = {
  id: 2,
  creator_id: 1,
  creator_type: 'Group',
  messages: [LEFT_UNREAD],
  participants: [ADA_CARD, BENOIT_CARD],
};
