import type { Emulator } from '../../../../src/compose/emulator.ts';
import { startEmulator } from '../../../support/emulator.ts';
import { readIdentity, type Client, type Game, type Identity, type Player, type Received } from './client.ts';
import type { Dialect } from './dialects.ts';

/** Of the default fixtures. */
export const LANTERN: Game = { id: '1', token: '11111111-2222-4333-8444-555555555555' };

export const NADIA: Player = { email: 'nadia@lantern.example', password: 'lamp', username: 'nadia' };

export interface Connection {
  readonly emulator: Emulator;
  readonly client: Client;
}

/** A client of a fresh emulator, before its first request. */
export async function connect(dialect: Dialect): Promise<Connection> {
  const emulator = await startEmulator({ providers: ['gamefuse'] });
  return { emulator, client: dialect.connect(emulator.urls.gamefuse) };
}

/** The same, with the game set up. */
export async function connectToGame(dialect: Dialect): Promise<Connection> {
  const connection = await connect(dialect);
  await connection.client.setUpGame(LANTERN);
  return connection;
}

export interface Session extends Connection {
  /** Of the sign-in. */
  readonly identity: Identity;
  /** Calls of the player so far. */
  readonly events: number;
}

/** A new player who has signed up and in. */
export async function startSession(dialect: Dialect): Promise<Session> {
  const connection = await connectToGame(dialect);
  await connection.client.signUp(NADIA);
  const { identity } = toEntry(await connection.client.signIn(NADIA));
  return { ...connection, identity, events: 1 + 2 * dialect.followUps };
}

export interface Entry {
  readonly answer: Received;
  readonly identity: Identity;
  /** Answers to what the client asked for right afterwards. */
  readonly followed: readonly Received[];
}

/** A sign-up or a sign-in that worked. */
export function toEntry([answer, ...followed]: readonly Received[]): Entry {
  if (!answer) throw new RangeError('There is no answer.');
  return { answer, identity: readIdentity(answer), followed };
}
