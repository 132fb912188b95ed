import { describe, expect, it } from 'vitest';

import { DRAGON, embedded, json, nadia, NOW, refusal, SHIELD, store, TORCH } from './clients/answers.ts';
import type { Player, Received } from './clients/client.ts';
import { dialects, type Dialect } from './clients/dialects.ts';
import { connect, connectToGame, LANTERN, NADIA, startSession, toEntry } from './clients/session.ts';

/** Of the default fixtures. */
const ADA: Player = { email: 'ada@lantern.example', password: 'password', username: 'ada' };

describe.each(dialects)('a session of the $name client', (dialect) => {
  it('sets up a game, variables and store included', async () => {
    const { client } = await connect(dialect);
    expect(await client.setUpGame(LANTERN)).toEqual([
      json({
        id: 1,
        name: 'Lantern Quest',
        token: LANTERN.token,
        description: 'A dungeon, and a lamp that burns credits.',
        game_variables: [
          { id: 1, key: 'season', value: 'spring' },
          { id: 2, key: 'max_level', value: '20' },
        ],
      }),
      json({ store_items: [TORCH, SHIELD, DRAGON] }),
    ]);
  });

  it('is refused a game whose token is wrong', async () => {
    const { client } = await connect(dialect);
    expect(await client.setUpGame({ ...LANTERN, token: 'wrong' })).toEqual([refusal(401, 'failed to verify game')]);
  });

  it('signs up with zero counts, and signs in with one login counted', async () => {
    const { client } = await connectToGame(dialect);
    const afterwards = [json({ game_user_attributes: [] }), store(0)].slice(0, dialect.followUps);

    const created = toEntry(await client.signUp(NADIA));
    const fresh = { lastLogin: NOW.clock, logins: 0, events: 0 };
    expect(created.answer).toEqual(json(nadia(dialect, created.identity, fresh)));
    expect(created.followed).toEqual(afterwards);

    const session = toEntry(await client.signIn(NADIA));
    const user = nadia(dialect, session.identity, { events: dialect.followUps + 1 });
    expect(session.answer).toEqual(json({ ...user, ...embedded(dialect) }));
    expect(session.followed).toEqual(afterwards);
    expect(session.identity.id).toBe(created.identity.id);
  });

  it("gets all the player's data at the next sign-in", async () => {
    const { client, events } = await startSession(dialect);
    await client.addCredits(TORCH.cost);
    await client.purchase(TORCH.id);
    const attributes = await client.setAttribute('class', 'wizard');
    const { game_user_attributes } = JSON.parse(attributes.text) as { readonly game_user_attributes: unknown[] };

    const { answer, identity, followed } = toEntry(await client.signIn(NADIA));
    const user = nadia(dialect, identity, { logins: 2, events: events + 4 });
    expect(answer).toEqual(json({ ...user, ...embedded(dialect, game_user_attributes, [TORCH]) }));
    expect(followed).toEqual([attributes, store(0, TORCH)].slice(0, dialect.followUps));
  });

  it('is refused a taken name, in plain text and without follow-ups', async () => {
    const { client } = await connectToGame(dialect);
    for (const field of ['username', 'email'] as const) {
      const answers = await client.signUp({ ...NADIA, [field]: ADA[field] });
      const text = expect.stringContaining('has already been taken') as string;
      expect(answers).toEqual([{ ...dialect.taken, type: 'text/plain', text }]);
      expect(() => JSON.parse(answers[0]?.text ?? '') as unknown).toThrow(SyntaxError);
    }
    expect(await client.signIn(ADA)).toMatchObject([{ status: 200 }, {}, {}].slice(0, 1 + dialect.followUps));
  });

  it('is refused a wrong password and an unknown address', async () => {
    const { client } = await connectToGame(dialect);
    const status = dialect.version === 'v2' ? 404 : 401;
    expect(await client.signIn({ ...ADA, password: 'wrong' })).toEqual([refusal(status, 'Incorrect Password')]);
    expect(await client.signIn(NADIA)).toEqual([refusal(404, 'User Not Found!')]);
  });

  it('gets nothing before it has signed in', async () => {
    const { client } = await connectToGame(dialect);
    expect(await client.addCredits(5)).toEqual(refusal(401, 'Request missing user authentication token'));
  });

  it('adds, subtracts and sets credits', async () => {
    const { client, identity, events } = await startSession(dialect);
    const toUser = (credits: number, calls: number): Received =>
      json(nadia(dialect, identity, { credits, events: events + calls }));
    expect(await client.addCredits(50)).toEqual(toUser(50, 1));
    expect(await client.addCredits(70)).toEqual(toUser(120, 2));
    expect(await client.addCredits(-20)).toEqual(toUser(100, 3));
    expect(await client.setCredits(7)).toEqual(toUser(7, 4));
    expect(await client.addCredits(0)).toEqual(toUser(7, 5));
    expect(await client.setCredits(0)).toEqual(toUser(0, 6));
  });

  it('counts a score apart from the credits', async () => {
    const { client, identity, events } = await startSession(dialect);
    const toUser = (score: number, calls: number): Received =>
      json(nadia(dialect, identity, { credits: 5, score, events: events + calls }));
    await client.addCredits(5);
    expect(await client.addScore(30)).toEqual(toUser(30, 2));
    expect(await client.addScore(-10)).toEqual(toUser(20, 3));
    expect(await client.setScore(1200)).toEqual(toUser(1200, 4));
  });

  it('buys an item once, and none that costs more than its credits', async () => {
    const { client } = await startSession(dialect);
    await client.addCredits(149);
    expect(await client.purchase(TORCH.id)).toEqual(store(99, TORCH));
    expect(await client.purchase(TORCH.id)).toEqual(refusal(403, 'Already Purchased'));
    expect(await client.purchase(SHIELD.id)).toEqual(refusal(403, 'Not Enough Credits'));
    expect(await client.purchase(999)).toEqual(refusal(404, 'Item not found'));
    await client.setCredits(SHIELD.cost);
    expect(await client.purchase(SHIELD.id)).toEqual(store(0, TORCH, SHIELD));
  });

  it('sets attributes, replaces them and removes them', async () => {
    const { client } = await startSession(dialect);
    const toAttributes = (...pairs: readonly [string, string][]): object => ({
      game_user_attributes: pairs.map(([key, value]) => ({ id: expect.any(Number) as number, key, value })),
    });
    expect(await read(client.setAttribute('class', 'wizard'))).toEqual(toAttributes(['class', 'wizard']));
    const batch = [
      { key: 'class', value: 'knight' },
      { key: 'level', value: '7' },
    ];
    expect(await read(client.setAttributes(batch))).toEqual(toAttributes(['class', 'knight'], ['level', '7']));
    expect(await read(client.removeAttribute('class'))).toEqual(toAttributes(['level', '7']));
    expect(await client.removeAttribute('class')).toEqual(refusal(400, 'User does not have item with specified key'));
  });

  it('adds entries to a leaderboard, reads them best first and clears them', async () => {
    const { client, identity, events } = await startSession(dialect);
    const toUser = (calls: number): Received => json(nadia(dialect, identity, { events: events + calls }));
    expect(await client.addEntry('speedrun', 860, {})).toEqual(toUser(1));
    expect(await client.addEntry('speedrun', 1000, { laps: 3 })).toEqual(toUser(2));

    const own = { username: 'nadia', leaderboard_name: 'speedrun', game_user_id: identity.id, created_at: NOW.instant };
    const second = { ...own, score: 860, ...dialect.nothing };
    const best = { ...own, score: 1000, ...dialect.laps };
    expect(await read(client.readEntries(10, false))).toEqual({ leaderboard_entries: [best, second] });
    expect(await read(client.readEntries(10, true))).toEqual({ leaderboard_entries: [best] });

    expect(await client.clearEntries('speedrun')).toEqual(toUser(5));
    expect(await client.readEntries(10, false)).toEqual(json({ leaderboard_entries: [] }));
  });

  it('reads the leaderboard of its game, best first', async () => {
    const { client, identity } = await startSession(dialect);
    await client.addEntry('speedrun', 860, {});
    await client.addEntry('speedrun', 1000, { laps: 3 });
    const board = { leaderboard_name: 'speedrun' };
    const nadias = { ...board, username: 'nadia', game_user_id: identity.id, created_at: NOW.instant };
    const entries = [
      { ...nadias, score: 1000, ...dialect.laps },
      { ...board, username: 'ada', game_user_id: 1, score: 900, ...dialect.nothing },
      { ...nadias, score: 860, ...dialect.nothing },
      { ...board, username: 'benoit', game_user_id: 2, score: 820, ...dialect.nothing },
      { ...board, username: 'ada', game_user_id: 1, score: 750 },
    ];
    const [first, second, , fourth] = entries;
    const ofUsers = dialect.onePerUser ? [first, second, fourth] : entries;
    expect(await read(client.readLeaderboard('speedrun', 10, true))).toMatchObject({ leaderboard_entries: ofUsers });
    expect(await read(client.readLeaderboard('speedrun', 10, false))).toMatchObject({ leaderboard_entries: entries });
    expect(await read(client.readLeaderboard('speedrun', 1, true))).toEqual({ leaderboard_entries: [first] });
    expect(await client.readLeaderboard('marathon', 10, true)).toMatchObject({ status: 400, type: 'text/plain' });
  });
});

/** The body of a success. */
async function read(received: Promise<Received>): Promise<unknown> {
  const { text, ...rest } = await received;
  expect(rest).toEqual({ status: 200, type: 'application/json', succeeded: true });
  return JSON.parse(text);
}

function withRemoval(removal: Dialect['removal']): readonly Dialect[] {
  return dialects.filter((dialect) => dialect.removal === removal);
}

describe('an item that is removed', () => {
  it.each(withRemoval('reimburses'))('returns its price if the $name client says so', async (dialect) => {
    const { client } = await startSession(dialect);
    await client.addCredits(120);
    expect(await client.purchase(TORCH.id)).toEqual(store(70, TORCH));
    expect(await client.remove(TORCH.id, false)).toEqual(store(70));
    expect(await client.purchase(TORCH.id)).toEqual(store(20, TORCH));
    expect(await client.remove(TORCH.id, true)).toEqual(store(70));
    const again = await client.remove(TORCH.id, true);
    expect(again).toEqual(refusal(404, 'Store item does not exist, or was not purchase'));
  });

  it.each(withRemoval('plain'))('returns nothing to the $name client, which cannot say so', async (dialect) => {
    const { client } = await startSession(dialect);
    await client.addCredits(120);
    await client.purchase(TORCH.id);
    expect(await client.remove(TORCH.id, true)).toEqual(store(70));
    expect(await client.purchase(TORCH.id)).toEqual(store(20, TORCH));
  });

  it.each(withRemoval('broken'))('stays with the player of the $name client, whose path is wrong', async (dialect) => {
    const { client } = await startSession(dialect);
    await client.addCredits(120);
    await client.purchase(TORCH.id);
    expect(await client.remove(TORCH.id, true)).toMatchObject({ status: 404, type: 'text/plain', succeeded: false });
    expect(await client.purchase(TORCH.id)).toEqual(refusal(403, 'Already Purchased'));
    expect(await client.purchase(SHIELD.id)).toEqual(refusal(403, 'Not Enough Credits'));
  });
});

describe('a call that ends with 500', () => {
  it.each(dialects)('is sent once, or four times by C# v3, and changes nothing: $name', async (dialect) => {
    const { emulator, client } = await startSession(dialect);
    await client.addCredits(2_147_483_647);
    expect(await client.addCredits(1)).toEqual(refusal(500, 'unknown server error'));
    const journal = await fetch(`${emulator.url}/_emulator/requests?status=500`);
    const { requests } = (await journal.json()) as { readonly requests: readonly object[] };
    expect(requests).toHaveLength(dialect.name === 'C# v3' ? 4 : 1);
    expect(await read(client.addCredits(0))).toMatchObject({ credits: 2_147_483_647 });
  });
});
