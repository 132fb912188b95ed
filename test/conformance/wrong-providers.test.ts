import { describe, expect, it } from 'vitest';

import { findUnclaimed } from '../../src/conformance/claims.ts';
import { findOverlooked } from '../../src/conformance/fixture-mistakes.ts';
import { findLost } from '../../src/conformance/loss.ts';
import { findBadlyRendered, findShown, findUnevidenced, findUnmatched } from '../../src/conformance/sayings.ts';
import { listSubjects, type Subject } from '../../src/conformance/subject.ts';
import { findMisanswered, findUnguarded } from '../../src/conformance/wrong-requests.ts';
import { findUnkept } from '../../src/conformance/unkept.ts';
import { Contract } from '../../src/core/contract/contract.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { readBundled } from '../../src/core/values/bundled-file.ts';
import { gamefuse } from '../../src/providers/gamefuse/index.ts';
import { klaim } from '../../src/providers/klaim/index.ts';
import { cloakroom } from '../support/cloakroom.ts';
import { loadRequests } from '../support/requests.ts';
import { tally } from '../support/providers.ts';

type Section = Readonly<Record<string, unknown>>;

async function toSubject(provider: Provider): Promise<Subject> {
  const [subject] = listSubjects(provider, await loadRequests(provider.id));
  if (!subject) throw new Error('There is a subject of every provider.');
  return subject;
}

/** Klaim whose dump leaves a field out of every user. */
function forgetting(field: string): Provider {
  const dump: Provider['fixture']['dump'] = (state) => {
    const { users, ...section } = klaim.fixture.dump(state) as Section & { users: readonly Section[] };
    const left = users.map((user) => Object.fromEntries(Object.entries(user).filter(([name]) => name !== field)));
    return { ...section, users: left };
  };
  return { ...klaim, fixture: { ...klaim.fixture, dump } };
}

/** The provider whose load claims no ids of a kind. */
function withoutClaims(provider: Provider, unclaimed: string): Provider {
  const load: Provider['fixture']['load'] = (section, state, context) => {
    const claim = (kind: string, id: number): void => {
      if (kind !== unclaimed) context.ids.claim(kind, id);
    };
    provider.fixture.load(section, state, { ...context, ids: { ...context.ids, claim } });
  };
  return { ...provider, fixture: { ...provider.fixture, load } };
}

function readDocument(): Promise<object> {
  return readBundled(klaim.document) as Promise<object>;
}

const TICKETS = {
  title: 'cloakroom',
  set: [],
  requests: { headers: { 'X-Guest': 'ada' }, operations: { takeTicket: { method: 'GET', path: '/v1/tickets/coat' } } },
} as const;

describe('the suite', () => {
  it.each([
    ['fault', 'lose "fault" of the record'],
    ['created_at', 'change "createdAt" of the record'],
  ])('sees that dump forgets %s', async (field, loss) => {
    const subject = await toSubject(forgetting(field));
    const lost = await findLost(subject);
    expect(lost.filter((sentence) => sentence.startsWith(`klaim.fixture: dump and load ${loss}`))).not.toEqual([]);
    expect(lost.filter((sentence) => !sentence.includes(loss))).toEqual([]);
    expect(await findUnkept(subject)).toEqual([
      `klaim.fixture: the seed has klaim.users[].${field}, but the state document does not contain it.`,
    ]);
  });

  it('sees records that are lost', async () => {
    const dump: Provider['fixture']['dump'] = (state) => ({ ...(klaim.fixture.dump(state) as Section), users: [] });
    const lost = await findLost(await toSubject({ ...klaim, fixture: { ...klaim.fixture, dump } }));
    expect(lost).toContainEqual(
      expect.stringMatching(/^klaim\.fixture: dump and load lose the record ".*" of users\.$/),
    );
  });

  it('sees that load claims no ids', async () => {
    const sentence = (operation: string, kind: string, collection: string): unknown =>
      expect.stringMatching(
        new RegExp(
          `^gamefuse\\.fixture: ${operation} draws ids\\.next\\("${kind}"\\), which returns \\d+ and replaces the record ` +
            `of ${collection} that was loaded with it: load must call ids\\.claim\\("${kind}", \\d+\\)\\.$`,
        ),
      );
    const found = await findUnclaimed(await toSubject(withoutClaims(gamefuse, 'leaderboard entry')));
    expect(found).toContainEqual(sentence('\\w+', 'leaderboard entry', 'leaderboardEntries'));
  });

  it('sees that load claims no ids of which each kind has its own, and nothing where it does', async () => {
    const subject = { ...TICKETS, provider: cloakroom, defined: cloakroom };
    expect(await findUnclaimed(subject)).toEqual([]);
    const wrong = withoutClaims(cloakroom, 'coat');
    expect(await findUnclaimed({ ...subject, provider: wrong, defined: wrong })).toEqual([
      'cloakroom.fixture: takeTicket draws ids.next("coat"), which returns 1 and replaces the record of tickets that was ' +
        'loaded with it: load must call ids.claim("coat", 1).',
    ]);
  });

  it('sees that load keeps one of two entries with the same identity, and takes an instant that is none', async () => {
    const load: Provider['fixture']['load'] = (section, state, context) => {
      const { users = [], ...others } = section as Readonly<Record<string, readonly Section[]>>;
      const wanted = users.filter((user, index) => users.findIndex(({ email }) => email === user['email']) === index);
      const mended = wanted.map((user) => (user['created_at'] === 'soon' ? { ...user, created_at: 'now' } : user));
      klaim.fixture.load({ ...others, users: mended }, state, context);
    };
    const found = await findOverlooked(await toSubject({ ...klaim, fixture: { ...klaim.fixture, load } }));
    expect(found).toEqual([
      expect.stringMatching(
        /^klaim\.fixture: "soon" as users\[0\]\.created_at is answered 204, and is to be refused at /,
      ),
      expect.stringContaining('klaim.fixture: a state that is refused changes the sandbox.'),
      expect.stringMatching(
        /^klaim\.fixture: klaim\.users\[\d+\] repeats users\[0\], and is neither refused there nor /,
      ),
    ]);
  });

  it('sees wrong requests that are taken, and preflights without their headers', async () => {
    const body: Provider['body'] = { ...klaim.body, limit: 10_000_000 };
    const paths: Provider['paths'] = { ...klaim.paths, doubleSlash: 'collapse' };
    const cors: Provider['cors'] = { preflight: {}, actual: klaim.cors?.actual ?? {} };
    const subject = { ...(await toSubject(klaim)), defined: { ...klaim, body, paths, cors } };
    const found = await findMisanswered(subject, await Contract.load(await readDocument(), { check: false }));
    expect(found.slice(0, 6).map((sentence) => sentence.split(/(?<= [2-5]\d\d)/)[0])).toEqual([
      'A doubled slash of createUser is answered 200',
      'A body over the limit of createUser is answered 400',
      'A wrong request of createUser changes records.',
      'The preflight of /users is answered 204',
      'A doubled slash of listUsers is answered 200',
      'The preflight of /users is answered 204',
    ]);
  });

  it('sees that anybody is let in', async () => {
    const subject = await toSubject(klaim);
    const authenticate: Provider['authenticate'] = () => ({ appId: 'app_lantern' });
    const contract = await Contract.load(await readDocument(), { check: false });
    expect(await findUnguarded(subject, contract)).toEqual([]);
    const found = await findUnguarded({ ...subject, defined: { ...klaim, authenticate } }, contract);
    expect(found[0]).toMatch(/^A request without a credential of createUser is answered 200 /);
    expect(found[1]).toBe('A wrong request of createUser changes records.');
  });

  it('says which operations of a document do not say how they are known', async () => {
    const document = (await readBundled(klaim.document)) as { paths: Record<string, Record<string, object>> };
    const [first, second] = Object.values(document.paths).flatMap((item) => Object.values(item));
    Object.assign(first ?? {}, { 'x-evidence': undefined });
    Object.assign(second ?? {}, { 'x-evidence': { level: 'guessed', source: 'a guess' } });
    const { operations } = await Contract.load(document, { check: false });
    expect(findUnevidenced(operations)).toEqual([
      'The operation listUsers of the document has the evidence "guessed"; it is one of documented, observed, assumed.',
      "The operation createUser of the document has no x-evidence: write x-evidence: { level: documented, source: 'its place there' }.",
    ]);
  });

  it('says what of operations and samples does not go together', () => {
    expect(findUnmatched(new Set(['a', 'b']), ['a', 'c'], ['a', 'd'])).toEqual([
      'The operation b has no sample.',
      'The sample of d has no operation in the document.',
      'The operation c is written, and is not in the document.',
    ]);
  });

  it('says where the journal shows a secret, and under which name to hide it', () => {
    const entry = { operation: 'getCard', url: '/x', changes: [{ after: { keys: ['corner_key'] } }] };
    const withUrl = { ...entry, url: '/x?key=corner_key' };
    const headers = { Authorization: 'corner_key', 'X-Other': 'not there', 'X-Empty': '' };
    expect(findShown([entry], headers)).toEqual([
      "The journal shows what was sent as Authorization, in changes[0].after.keys[0] of getCard: name it in secrets, such as secrets: ['keys'].",
    ]);
    expect(findShown([withUrl], headers)).toEqual([
      'The journal shows what was sent as Authorization, in url of getCard: name it in secrets.',
    ]);
  });

  it('says which failures are rendered wrong', () => {
    const renderFailure: Provider['renderFailure'] = (failure) => {
      if (failure.kind === 'bug') return { status: 500, body: String(failure.error) };
      if (failure.kind === 'notFound') return { status: 200 };
      return { status: failure.kind === 'injected' ? failure.status : 400, body: {} };
    };
    expect(findBadlyRendered({ ...tally, renderFailure })).toEqual([
      'tally.renderFailure gives "notFound" the status 200, which is less than 299.',
      'tally.renderFailure gives "notFound" no body.',
      'tally.renderFailure shows the message of the error in "bug", which may hold a secret.',
    ]);
  });
});
