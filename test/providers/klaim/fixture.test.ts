import { describe, expect, it } from 'vitest';

import { startApp } from '../../support/emulator.ts';

const APP = { app_id: 'a', name: 'A', api_key: 'key_a' };

/** Puts a state with these records, and returns what is wrong where, if anything. */
async function put(section: object): Promise<string | undefined> {
  const app = await startApp({ providers: ['klaim'] });
  const response = await app.put('/_emulator/state').send({ klaim: section });
  return response.status === 204 ? undefined : (response.body as { detail: string }).detail;
}

describe('the section of a fixture', () => {
  it('accepts an app with users without optional fields', async () => {
    expect(await put({ apps: [APP], users: [{ app_id: 'a', email: 'x' }] })).toBeUndefined();
  });

  const of = (...users: readonly object[]): object => ({
    apps: [APP],
    users: users.map((user) => ({ app_id: 'a', email: 'x', ...user })),
  });
  it.each<[string, object, string]>([
    [
      'two apps with one key',
      { apps: [APP, { ...APP, app_id: 'b' }] },
      'apps[1].api_key: The app "a" has the same api_key.',
    ],
    ['a user of no app', of({ app_id: 'b' }), 'users[0].app_id: There is no app "b".'],
    [
      'two users with one e-mail',
      of({ user_id: 'u' }, { user_id: 'v' }),
      'users[1].email: The user "u" has the same email.',
    ],
    [
      'a balance that no number holds',
      of({ credit_balance: '9'.repeat(400) }),
      'users[0].credit_balance: An amount must fit into a JSON number.',
    ],
    [
      'an instant out of range',
      of({ created_at: 9e15 }),
      'users[0].created_at: 9000000000000000 is outside the years 0000 to 9999.',
    ],
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toContain(`klaim.${message}`);
  });

  it('gives two users different ids if their data makes the same one', async () => {
    const app = await startApp({ providers: ['klaim'] });
    const created_at = '2026-01-01T00:00:00.000Z';
    // With the random seed 1 both e-mails make the letters AHRSA.
    const users = ['user-18703@lantern.example', 'user-27475@lantern.example'].map((email) => {
      return { app_id: 'app_lantern', email, created_at };
    });
    const apps = [{ ...APP, app_id: 'app_lantern' }];
    await app.put('/_emulator/state').send({ klaim: { apps, users } }).expect(204);
    const { klaim } = (await app.get('/_emulator/state')).body as { klaim: { users: { klaim_id: string }[] } };
    const ids = klaim.users.map(({ klaim_id }) => klaim_id);
    expect(ids).toEqual(['1767225600000_AHRSA', expect.stringMatching(/^1767225600000_[0-9A-Za-z]{5}$/)]);
    expect(new Set(ids).size).toBe(2);
    await app.put('/_emulator/state').send({ klaim: { apps, users } }).expect(204);
    expect(((await app.get('/_emulator/state')).body as { klaim: unknown }).klaim).toEqual(klaim);
  });
});
