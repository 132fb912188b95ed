import { toBody, type Kind } from './kind.ts';

interface State {
  readonly credits: number;
  readonly items: readonly number[];
  /** One text, which a write puts under two keys at once. */
  readonly mark: string | null;
  /** Another, which a write puts under two keys of a group at once. */
  readonly motto: string | null;
  /** Scores of the newest rounds, newest first. */
  readonly scores: readonly number[];
}

const FIRST = 7000;
/** Of the default fixtures. */
const PRICES: Readonly<Record<number, number>> = { 101: 50, 102: 100 };

const toPath = (number: number): string => `/gamefuse/api/v2/users/${FIRST + number}`;
const toGroup = (number: number): string => `/gamefuse/api/v3/groups/${FIRST + number}`;
const ROUNDS = '/gamefuse/api/v3/game_rounds';
const SEEN = 5;
const toHeaders = (number: number): Record<string, string> => ({ 'authentication-token': `gamefuse-crash-${number}` });

export const gamefuse: Kind<State> = {
  provider: 'gamefuse',
  unit: 'credits',
  operation: 'addCredits',
  seed: { credits: 100_000, items: [], mark: null, motto: null, scores: [] },
  fixture: (number) => ({
    users: [
      {
        id: FIRST + number,
        game_id: 1,
        username: `crash-${number}`,
        email: `crash-${number}@lantern.example`,
        password: 'password',
        credits: 100_000,
        authentication_token: `gamefuse-crash-${number}`,
      },
    ],
    groups: [
      {
        id: FIRST + number,
        game_id: 1,
        name: `crash-${number}`,
        connections: [{ id: FIRST + number, user_id: FIRST + number, standing: 'member', admin: true }],
      },
    ],
  }),
  toId: (number) => String(FIRST + number),
  toBalance: ({ credits }) => String(credits),
  draw(dice, { items }, id, number) {
    const common = { id, status: 200, isLate: false, isRepeatable: false };
    const headers = toHeaders(number);
    const path = toPath(number);
    const kind = dice.between(1, 13);
    if (kind <= 5) {
      const credits = dice.pick([1, -1]) * dice.between(1, 50);
      return {
        ...common,
        request: { method: 'POST', path: `${path}/add_credits`, headers, body: { credits } },
        after: (state) => ({ ...state, credits: state.credits + credits }),
      };
    }
    if (kind <= 6) {
      const credits = dice.between(90_000, 110_000);
      return {
        ...common,
        request: { method: 'POST', path: `${path}/set_credits`, headers, body: { credits } },
        after: (state) => ({ ...state, credits }),
      };
    }
    if (kind <= 8) {
      const attributes = ['first', 'second'].map((key) => ({ key, value: id }));
      return {
        ...common,
        request: { method: 'POST', path: `${path}/add_game_user_attribute`, headers, body: { attributes } },
        after: (state) => ({ ...state, mark: id }),
      };
    }
    if (kind > 12) {
      const attributes = ['first', 'second'].map((key) => ({ key, value: id }));
      return {
        ...common,
        request: { method: 'POST', path: `${toGroup(number)}/add_attribute`, headers, body: { attributes } },
        after: (state) => ({ ...state, motto: id }),
      };
    }
    if (kind > 10) {
      const score = dice.between(1, 1_000_000);
      return {
        ...common,
        status: 201,
        request: {
          method: 'POST',
          path: ROUNDS,
          headers,
          body: { game_user_id: FIRST + number, game_type: 'race', score },
        },
        after: (state) => ({ ...state, scores: [score, ...state.scores].slice(0, SEEN) }),
      };
    }
    const item = dice.pick([101, 102]);
    const price = PRICES[item] ?? 0;
    if (items.includes(item)) {
      return {
        ...common,
        request: {
          method: 'GET',
          path: `${path}/remove_game_user_store_item?store_item_id=${item}&reimburse=true`,
          headers,
        },
        after: (state) => ({
          ...state,
          credits: state.credits + price,
          items: state.items.filter((one) => one !== item),
        }),
      };
    }
    return {
      ...common,
      request: {
        method: 'POST',
        path: `${path}/purchase_game_user_store_item`,
        headers,
        body: { store_item_id: item },
      },
      after: (state) => ({ ...state, credits: state.credits - price, items: [...state.items, item].sort() }),
    };
  },
  reads: (number) =>
    [
      `${toPath(number)}/game_user_store_items`,
      `${toPath(number)}/game_user_attributes`,
      `${toGroup(number)}/attributes`,
      `${ROUNDS}?user_id=${FIRST + number}&per_page=${SEEN}`,
    ].map((path) => ({ method: 'GET', path, headers: toHeaders(number) })),
  toView([held, described, ofGroup, played]) {
    const { credits, game_user_store_items: items } = toBody<{
      credits: number;
      game_user_store_items: readonly { id: number }[];
    }>(held);
    const { game_user_attributes: attributes } = toBody<{
      game_user_attributes: readonly Attribute[];
    }>(described);
    const { attributes: mottoes } = toBody<{ attributes: readonly Attribute[] }>(ofGroup);
    const { game_rounds: rounds } = toBody<{ game_rounds: readonly { score: number }[] }>(played);
    return {
      credits,
      items: items.map(({ id }) => id).sort(),
      mark: toOne(attributes),
      motto: toOne(mottoes),
      scores: rounds.map(({ score }) => score),
    };
  },
  show: (state) => state,
};

interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** The text that was put under both keys. */
function toOne(attributes: readonly Attribute[]): string | null {
  const [first = null, second = null] = ['first', 'second'].map(
    (name) => attributes.find(({ key }) => key === name)?.value,
  );
  if (first !== second) throw new Error(`Half of the attributes are there: ${JSON.stringify(attributes)}`);
  return first;
}
