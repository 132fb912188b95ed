import { describe, expect, it } from 'vitest';

import { startApp } from '../../support/emulator.ts';

const APP = { app_id: 'a', name: 'A', api_key: 'key_a' };

/** What putting a state with these records says: nothing, or what is wrong where. */
async function put(section: object): Promise<string | undefined> {
  const app = await startApp({ providers: ['klaim'] });
  const response = await app.put('/_emulator/state').send({ klaim: section });
  return response.status === 204 ? undefined : (response.body as { detail: string }).detail;
}

describe('the section of a fixture', () => {
  it('takes an app with users that say as little as they may', async () => {
    expect(await put({ apps: [APP], users: [{ app_id: 'a', email: 'x' }] })).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'two apps with one key',
      { apps: [APP, { ...APP, app_id: 'b' }] },
      'klaim.apps[1].api_key: The app "a" has the same api_key.',
    ],
    ['a user of no app', { users: [{ app_id: 'a', email: 'x' }] }, 'klaim.users[0].app_id: There is no app "a".'],
    [
      'two users with one e-mail',
      {
        apps: [APP],
        users: [
          { app_id: 'a', email: 'x', user_id: 'u' },
          { app_id: 'a', email: 'x', user_id: 'v' },
        ],
      },
      'klaim.users[1].email: The user "u" has the same email.',
    ],
    [
      'a balance that no number holds',
      { apps: [APP], users: [{ app_id: 'a', email: 'x', credit_balance: '9'.repeat(400) }] },
      'klaim.users[0].credit_balance: An amount must fit into a JSON number.',
    ],
    [
      'an instant out of range',
      { apps: [APP], users: [{ app_id: 'a', email: 'x', created_at: 9e15 }] },
      'klaim.users[0].created_at: 9000000000000000 is outside the years 0000 to 9999.',
    ],
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toContain(message);
  });

  it('gives two users ids of their own where what these are made of comes to the same', async () => {
    const app = await startApp({ providers: ['klaim'] });
    const created_at = '2026-01-01T00:00:00.000Z';
    // With the random seed 1 both e-mails make the letters AHRSA.
    const users = ['user-18703@lantern.example', 'user-27475@lantern.example'].map((email) => ({
      app_id: 'app_lantern',
      email,
      created_at,
    }));
    const apps = [{ app_id: 'app_lantern', name: 'Lantern Notes', api_key: 'klaim_test_lantern' }];
    await app.put('/_emulator/state').send({ klaim: { apps, users } }).expect(204);
    const { klaim } = (await app.get('/_emulator/state')).body as { klaim: { users: { klaim_id: string }[] } };
    const ids = klaim.users.map(({ klaim_id }) => klaim_id);
    expect(ids).toEqual(['1767225600000_AHRSA', expect.stringMatching(/^1767225600000_[0-9A-Za-z]{5}$/)]);
    expect(new Set(ids).size).toBe(2);
    await app.put('/_emulator/state').send({ klaim: { apps, users } }).expect(204);
    expect(((await app.get('/_emulator/state')).body as { klaim: unknown }).klaim).toEqual(klaim);
  });
});
