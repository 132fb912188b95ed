import { describe, expect } from 'vitest';

import { START } from '../support/emulator.ts';
import { it, ok, problem, startControl } from './api.ts';

const GUS = { app_id: 'app_lantern', email: 'gus@lantern.example' };
const CONTROLS_HINT = 'GET /_emulator/controls lists them.';
const SCHEMA_HINT = 'GET /_emulator/controls shows their schema.';

const KNOWN = 'app_id, email, user_id, name, acquisition_source';

describe('POST /_emulator/controls/{provider}/{name}', () => {
  it('runs it, and the API shows the result', async () => {
    const { get, post, call } = await startControl();
    const { status, body } = await post('/controls/klaim/addMember', { ...GUS, user_id: 'gus', name: 'Gus' });
    const user = {
      klaim_id: expect.stringMatching(/^1767225600000_\w{5}$/) as unknown,
      user_id: 'gus',
      email: 'gus@lantern.example',
      name: 'Gus',
      credit_balance: 0,
      created_at: Date.parse(START),
      acquisition_source: 'member_manual',
    };
    expect({ status, body }).toEqual(ok({ result: user, entries: [] }));
    // It is not in the journal.
    expect(await get('/requests')).toEqual(ok({ requests: [] }));
    expect((await call('get', '/klaim/users/gus')).body).toEqual({ message: 'fetch resource successfully', ...user });
  });

  it.each([
    ['nothing', undefined, "body must have required property 'app_id'; body must have required property 'email'"],
    [
      'an unknown argument',
      { ...GUS, mail: 'x' },
      'body must NOT have additional properties (mail; did you mean "email"?)',
    ],
  ])('refuses %s and says what is wrong', async (_, args, detail) => {
    const { post } = await startControl();
    expect(await post('/controls/klaim/addMember', args)).toEqual(
      problem(400, 'Invalid arguments', detail, SCHEMA_HINT),
    );
  });

  it('changes nothing if the provider refuses, and returns its response', async () => {
    const { post, get } = await startControl();
    const before = await get('/state');
    expect(await post('/controls/klaim/addMember', { ...GUS, user_id: 'ada' })).toMatchObject({
      status: 409,
      body: { detail: '{"message":"email or user_id already exists"}' },
    });
    expect(await post('/controls/klaim/addMember', { ...GUS, app_id: 'app_none' })).toMatchObject({ status: 409 });
    expect(await get('/state')).toEqual(before);
  });

  it.each([
    ['klaym', 'addMember', 'No such provider', 'There is no provider "klaym"; did you mean "klaim"?'],
    ['klaim', 'constructor', 'No such control', 'klaim has no control "constructor".'],
  ])('does not know %s/%s', async (provider, name, title, detail) => {
    const { post } = await startControl();
    const hint = title === 'No such control' ? CONTROLS_HINT : 'GET /_emulator/providers lists them.';
    expect(await post(`/controls/${provider}/${name}`, GUS)).toEqual(problem(404, title, detail, hint));
  });

  it('acts on the sandbox that is named', async ({ api }) => {
    await api.in('other').post('/controls/klaim/addMember', { ...GUS, user_id: 'gus' });
    expect([await api.credits('gus'), await api.in('other').credits('gus')]).toEqual([
      { message: 'Can not find user with the given user_id.' },
      0,
    ]);
  });

  it('lists the first ten errors of arguments that have many', async () => {
    const { post } = await startControl();
    const unknown = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`unknown-${index}`, 0]));
    const names = Array.from(
      { length: 10 },
      (_, index) =>
        `body must NOT have additional properties (unknown-${index}${index === 0 ? `; known: ${KNOWN}` : ''})`,
    );
    expect(await post('/controls/klaim/addMember', { ...GUS, ...unknown })).toEqual(
      problem(400, 'Invalid arguments', `${names.join('; ')}; and more`, SCHEMA_HINT),
    );
  });
});
