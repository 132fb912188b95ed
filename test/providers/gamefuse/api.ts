import type { Response, Test } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { test } from 'vitest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import { startApp } from '../../support/emulator.ts';

export const GAME = { game_id: 1, game_token: '11111111-2222-4333-8444-555555555555' };
export const HARBOR = { game_id: 2, game_token: '22222222-3333-4444-8555-666666666666' };
export const TAVERN = { game_id: 3, game_token: '33333333-4444-4555-8666-777777777777' };

export const ADA = 'gamefuse-test-ada';
export const BENOIT = 'gamefuse-test-benoit';
export const CHIYO = 'gamefuse-test-chiyo';
export const HARBOR_ADA = 'gamefuse-test-harbor-ada';
export const FINN = 'gamefuse-test-finn';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type Fields = Readonly<Record<string, string>>;

/** What of an answer a client sees and a test compares: a text, or what JSON it is. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface GameFuseApi {
  /** For what is not a call of a player. */
  readonly app: TestAgent;
  /** With a body of JSON, if any. */
  call(method: Method, path: string, body?: object): Promise<Answer>;
  /** With a body to the letter. */
  send(method: Method, path: string, body: string, type?: string): Promise<Answer>;
  form(path: string, fields: Fields): Promise<Answer>;
  multipart(path: string, fields: Fields): Promise<Answer>;
  /** The same emulator for another player's token, in the hyphenated header, or without one. */
  as(token: string | undefined): GameFuseApi;
  /** The same emulator with these headers only. */
  with(headers: Fields): GameFuseApi;
  /** The same emulator under another prefix of the paths. */
  at(basePath: string): GameFuseApi;
  /** Fields of the control API's answer. */
  control(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown>;
}

/** A test that gets GameFuse's v2, called by ada. */
export const it = test.extend('api', () => startGameFuse());

/** GameFuse's v2 on a fresh emulator, called by ada. */
export async function startGameFuse(options: EmulatorOptions = {}): Promise<GameFuseApi> {
  const agent = await startApp({ providers: ['gamefuse'], ...options });
  const createApi = (basePath: string, headers: Fields): GameFuseApi => {
    const request = (method: Method, path: string): Test => agent[method](`/gamefuse${basePath}${path}`).set(headers);
    return {
      app: agent,
      async call(method, path, body) {
        const begun = request(method, path);
        return toAnswer(await (body === undefined ? begun : begun.send(body)));
      },
      async send(method, path, body, type = 'application/json') {
        return toAnswer(await request(method, path).set('Content-Type', type).send(body));
      },
      async form(path, fields) {
        return toAnswer(await request('post', path).type('form').send(fields));
      },
      async multipart(path, fields) {
        return toAnswer(await request('post', path).field(fields));
      },
      as: (token) => createApi(basePath, token === undefined ? {} : { 'authentication-token': token }),
      with: (others) => createApi(basePath, others),
      at: (other) => createApi(other, headers),
      async control(method, path, body) {
        const response = await agent[method](`/_emulator${path}`).send(body);
        return response.body as unknown;
      },
    };
  };
  return createApi('/api/v2', { 'authentication-token': ADA });
}

/** Every answer is an object in JSON or a text, and says which. */
function toAnswer(response: Response): Answer {
  const { status, text } = response;
  const type = response.get('Content-Type');
  if (type === 'text/plain; charset=utf-8') return { status, body: text };
  const body = JSON.parse(text) as unknown;
  if (type !== 'application/json; charset=utf-8' || typeof body !== 'object') {
    throw new TypeError(`An answer of the type ${type ?? 'none'}: ${text}`);
  }
  return { status, body };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** The bare text. */
export function refusal(status: number, text: string): Answer {
  return { status, body: text };
}

export const noToken = refusal(401, 'Request missing user authentication token');
export const noSuchPlayer = refusal(404, 'User not found');
export const ofAnotherGame = refusal(401, 'You cannot view users from another game');
export const unknownError = refusal(500, 'unknown server error');
export const notFound = refusal(404, 'Not Found');
export const badRequest = refusal(400, 'Bad Request');
export const noGame = refusal(404, 'Failed to fetch game variables, check your token and id');

/** A parameter or a field of an answer. */
export function fieldOf({ body }: Answer, name: string): unknown {
  return Reflect.get(body as object, name);
}

export function tokenOf(answer: Answer): string {
  return String(fieldOf(answer, 'authentication_token'));
}

const PLAYERS = {
  ada: toPlayer(1, 1, 'ada', 'ada@lantern.example', ADA, [5200, 1200, '2025-12-20', 3, 40, 12, 3, 1]),
  benoit: toPlayer(2, 1, 'benoit', 'benoit@lantern.example', BENOIT, [49, 300, '2025-12-30', 1, 2, 2, 1, 1]),
  chiyo: toPlayer(3, 1, 'chiyo', 'chiyo@lantern.example', CHIYO, [0, 0, '2025-12-30', 2, 9, 9, 2, 2]),
  harborAda: toPlayer(4, 2, 'ada', 'ada@lantern.example', HARBOR_ADA, [15, 0, '2025-12-29', 1, 1, 1, 1, 1]),
  finn: toPlayer(5, 3, 'finn', 'finn@tavern.example', FINN, [80, 0, '2025-11-02', 0, 0, 0, 0, 0]),
};

/** Credits, score, last login, logins, events ever and this month, sessions ever and this month. */
type Standing = readonly [number, number, string, number, number, number, number, number];

interface Player {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly display_email: string;
  readonly credits: number;
  readonly score: number;
  readonly last_login: string;
  readonly number_of_logins: number;
  readonly authentication_token: string;
  readonly events_total: number;
  readonly events_current_month: number;
  readonly game_sessions_total: number;
  readonly game_sessions_current_month: number;
}

function toPlayer(id: number, game: number, username: string, email: string, ...rest: [string, Standing]): Player {
  const [token, [credits, score, last_login, logins, events, eventsOfMonth, sessions, sessionsOfMonth]] = rest;
  return {
    id,
    username,
    email: `_appid_${game}_${email}`,
    display_email: email,
    credits,
    score,
    last_login,
    number_of_logins: logins,
    authentication_token: token,
    events_total: events,
    events_current_month: eventsOfMonth,
    game_sessions_total: sessions,
    game_sessions_current_month: sessionsOfMonth,
  };
}

/** A seeded player as v2 shows it, after so many calls of its own that were not refused. */
export function shown(name: keyof typeof PLAYERS, calls: number, changes: Partial<Player> = {}): Answer {
  const player = PLAYERS[name];
  const events_total = player.events_total + calls;
  const events_current_month = player.events_current_month + calls;
  return ok({ ...player, events_total, events_current_month, ...changes });
}

/** The same as v3 shows it. */
export function shownInV3(...[name, calls, changes]: Parameters<typeof shown>): Answer {
  const { display_email } = PLAYERS[name];
  const { body } = shown(name, calls, changes);
  return ok({ ...(body as object), email: display_email, is_new_user: false });
}

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
export const SAIL = { id: 201, name: 'Sail', cost: 10, description: 'White.', category: 'boats', icon_url: null };

/** The answer of every call about a player's items. */
export function store(credits: number, ...items: readonly object[]): Answer {
  return ok({ credits, game_user_store_items: items });
}
