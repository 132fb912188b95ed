/** What a developer copies from the dashboard into the code of a game. */
export interface Game {
  readonly id: string;
  readonly token: string;
}

export interface Player {
  readonly email: string;
  readonly password: string;
  readonly username: string;
}

/** An answer as it came, and whether the client takes it for a success. */
export interface Received {
  readonly status: number;
  /** The media type, without parameters. */
  readonly type: string;
  readonly text: string;
  readonly succeeded: boolean;
}

/** What all dialects can do; how they ask for it is their own affair. */
export interface Client {
  /** The answers to verify and to store_items. */
  setUpGame(game: Game): Promise<readonly Received[]>;
  /** The answer, and those to what the client asks of its own accord right after it. */
  signUp(player: Player): Promise<readonly Received[]>;
  /** As for a sign-up. */
  signIn(player: Player): Promise<readonly Received[]>;
  addCredits(credits: number): Promise<Received>;
  setCredits(credits: number): Promise<Received>;
  addScore(score: number): Promise<Received>;
  setScore(score: number): Promise<Received>;
  purchase(storeItemId: number): Promise<Received>;
  /** Some dialects cannot say whether to reimburse. */
  remove(storeItemId: number, reimburse: boolean): Promise<Received>;
  setAttribute(key: string, value: string): Promise<Received>;
  setAttributes(attributes: readonly Attribute[]): Promise<Received>;
  removeAttribute(key: string): Promise<Received>;
  addEntry(leaderboard: string, score: number, extra: Extra): Promise<Received>;
  clearEntries(leaderboard: string): Promise<Received>;
  /** Of the game; some dialects cannot ask for one entry per user. */
  readLeaderboard(leaderboard: string, limit: number, onePerUser: boolean): Promise<Received>;
  /** Of the player, on all leaderboards. */
  readEntries(limit: number, onePerUser: boolean): Promise<Received>;
}

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** Of a leaderboard entry. Numbers only, as some dialects write a text without its quotes. */
export type Extra = Readonly<Record<string, number>>;

/** A client that sends its requests to this URL instead of the service's. */
export type ConnectClient = (url: string) => Client;

export async function receive(response: Response, succeeded: boolean): Promise<Received> {
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  return { status: response.status, type, text: await response.text(), succeeded };
}

/** What a client keeps of a game that is set up. */
export const NO_GAME: Game = { id: '', token: '' };

export function readGame({ text }: Received): Game {
  const { id, token } = JSON.parse(text) as { readonly id: number; readonly token: string };
  return { id: id.toString(), token };
}

/** What a client keeps of a player who signed up or in. */
export interface Identity {
  readonly id: number;
  readonly token: string;
}

export const NOBODY: Identity = { id: 0, token: '' };

export function readIdentity({ text }: Received): Identity {
  const { id, authentication_token } = JSON.parse(text) as {
    readonly id: number;
    readonly authentication_token: string;
  };
  return { id, token: authentication_token };
}

/** As the JavaScript and C# clients write it: a value stands as it is, and a space follows each colon. */
export function toLooseJson(extra: Extra): string {
  return `{${Object.entries(extra)
    .map(([key, value]) => `"${key}": ${value}`)
    .join(', ')}}`;
}
