import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ConfigError } from '../src/config/config.ts';
import { createApp } from '../src/compose/emulator.ts';
import { createFiles, createFolder } from './support/folder.ts';

const APP = 'klaim:\n  apps:\n    - { app_id: app, name: App, api_key: mine }\n';

it('a fixture whose path cannot be followed is refused in a sentence', async () => {
  const folder = createFolder({});
  const file = join(folder, 'loop.yaml');
  symlinkSync(file, file);
  const error: unknown = await createApp({ fixtures: [file] }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toMatch(/^The file "\S+loop\.yaml" cannot be read: ELOOP/);
});

describe('a fixture is refused with file, line, column and path', () => {
  it.each([
    [
      'a syntax error',
      'klaim:\n  apps: [\n',
      ':3:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a key that is there twice', 'klaim: {}\nklaim: {}\n', ':2:1: Map keys must be unique'],
    ['several documents', 'klaim: {}\n---\nklaim: {}\n', ':2:1: A file must contain one YAML document.'],
    [
      'an alias without an anchor',
      'klaim: *other\n',
      ': Unresolved alias (the anchor must be set before the alias): other',
    ],
    [
      'an alias inside what it stands for',
      'klaim: &all\n  apps: [*all]\n',
      ':2:10: The alias "*all" is inside what it stands for.',
    ],
    ['nothing in it', '', ':1:1: A fixture must be a mapping with a key for each provider.'],
    ['a list', '- klaim\n', ':1:1: A fixture must be a mapping with a key for each provider.'],
    [
      'an unknown key',
      'clock: 2026-01-01T00:00:00Z\nklam:\n  apps: []\n',
      ':2:1: klam: "klam" is not a provider; did you mean "klaim"?',
    ],
    ['a key __proto__', '__proto__: {}\n', ':1:1: __proto__: "__proto__" is not a provider.'],
    ['faults that are no list', 'klaim: {}\nfaults: {}\n', ':2:1: faults: "faults" must be a list of rules.'],
    [
      'a fault of an unknown operation',
      'faults:\n  - { provider: klaim, operation: updateUserCredit, effect: { status: 500 } }\n',
      ':2:24: faults[0].operation: "klaim" has no operation "updateUserCredit"; did you mean "updateUserCredits"?',
    ],
    [
      'a clock that is no instant',
      'clock: noon\n',
      ':1:1: clock: "noon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.',
    ],
    ['a clock that is no text', 'clock: 5\n', ':1:1: clock: "clock" must be a string.'],
    ['a random seed that is not whole', 'randomSeed: 1.5\n', ':1:1: randomSeed: "randomSeed" must be a whole number.'],
    ['a random seed that is text', 'randomSeed: one\n', ':1:1: randomSeed: "randomSeed" must be a number.'],
    [
      'a world that is not there',
      'extends: defualt\n',
      ':1:1: extends: There is no world "defualt"; did you mean "default"? Known: default, flaky, lost-answers, outage, slow; a file ends in .yaml or .json.',
    ],
    [
      'itself as what it extends',
      'klaim: {}\nextends: ./mine.yaml\n',
      ':2:1: extends: The fixture "./mine.yaml" extends itself.',
    ],
    ['a section that is none', 'klaim: 5\n', ':1:1: klaim: must be object'],
    ['an unknown section', 'klaim:\n  user: []\n', ':2:3: klaim.user: "user" is not known here; did you mean "users"?'],
    [
      'an unknown field',
      `${APP}  users:\n    - app_id: app\n      email: a\n      user-id: a\n`,
      ':7:7: klaim.users[0].user-id: "user-id" is not known here; did you mean "user_id"?',
    ],
    [
      'a missing field',
      `${APP}  users:\n    - app_id: app\n`,
      ":5:7: klaim.users[0]: must have required property 'email'",
    ],
    [
      'a wrong type',
      `${APP}  users:\n    - { app_id: app, email: [] }\n`,
      ':5:22: klaim.users[0].email: must be string',
    ],
    [
      'none of several types',
      `${APP}  users:\n    - { app_id: app, email: a, credit_balance: [] }\n`,
      ':5:32: klaim.users[0].credit_balance: must be number, or must be string',
    ],
    [
      'a word that is not allowed',
      `${APP}  users:\n    - { app_id: app, email: a, acquisition_source: theft }\n`,
      ':5:32: klaim.users[0].acquisition_source: must be equal to one of the allowed values: api, promotion, member_manual',
    ],
    [
      'a wrong instant',
      `${APP}  users:\n    - { app_id: app, email: a, created_at: soon }\n`,
      ':5:32: klaim.users[0].created_at: "soon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.',
    ],
    [
      'an instant out of range',
      `${APP}  users:\n    - { app_id: app, email: a, created_at: now-P999999999D }\n`,
      expect.stringContaining(':5:32: klaim.users[0].created_at: '),
    ],
    [
      'an id that is there twice',
      `${APP}    - { app_id: app, name: B, api_key: other }\n`,
      ':4:9: klaim.apps[1].app_id: The app "app" appears twice.',
    ],
    [
      'a user that is there twice',
      `${APP}  users:\n    - { app_id: app, user_id: a, email: a }\n    - { app_id: app, user_id: a, email: b }\n`,
      ':6:7: klaim.users[1]: The user "a" appears twice.',
    ],
    [
      'an app that is not there',
      `${APP}  users:\n    - { app_id: apq, email: a }\n`,
      ':5:9: klaim.users[0].app_id: There is no app "apq".',
    ],
    [
      'a magic subject whose fault is none',
      `${APP}  users:\n    - app_id: app\n      email: a\n      fault: statsu=500\n`,
      ':7:7: klaim.users[0].fault: There is no "statsu" here; did you mean "status"?',
    ],
  ])('for %s', async (_, text, fault) => {
    const { 'mine.yaml': file } = createFiles({ 'mine.yaml': text });
    const error: unknown = await createApp({ fixtures: [file] }).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message.replace(file, '')).toEqual(fault);
  });

  it('for every fault that its schema finds, a line each', async () => {
    const { 'mine.yaml': file } = createFiles({ 'mine.yaml': 'klaim:\n  apps:\n    - { app_id: 1 }\n  users: {}\n' });
    await expect(createApp({ fixtures: [file] })).rejects.toThrow(
      new ConfigError(
        [
          `${file}:3:7: klaim.apps[0]: must have required property 'name'`,
          `${file}:3:7: klaim.apps[0]: must have required property 'api_key'`,
          `${file}:3:9: klaim.apps[0].app_id: must be string`,
          `${file}:4:3: klaim.users: must be array`,
        ].join('\n'),
      ),
    );
  });

  it('for damaged JSON', async () => {
    const { 'mine.json': file } = createFiles({ 'mine.json': '{\n  "klaim": { "apps": [ }\n' });
    await expect(createApp({ fixtures: [file] })).rejects.toThrow(ConfigError);
    await expect(createApp({ fixtures: [file] })).rejects.toThrow(`${file}:2:`);
  });

  it('for going in circles', async () => {
    const { 'a.yaml': a, 'b.yaml': b } = createFiles({ 'a.yaml': 'extends: b.yaml', 'b.yaml': 'extends: a.yaml' });
    await expect(createApp({ fixtures: [a] })).rejects.toThrow(
      new ConfigError(`${b}:1:1: extends: The fixture "a.yaml" extends itself.`),
    );
  });

  it('for extending a file that is not there', async () => {
    const { 'mine.yaml': file } = createFiles({ 'mine.yaml': 'extends: none.yaml' });
    await expect(createApp({ fixtures: [file] })).rejects.toThrow(
      new ConfigError(`${file}:1:1: extends: There is no file "${file.replace('mine', 'none')}".`),
    );
  });

  it('or with its name alone, if it is not there', async () => {
    await expect(createApp({ fixtures: ['none.yaml'] })).rejects.toThrow(
      new ConfigError('There is no file "none.yaml".'),
    );
    await expect(createApp({ fixtures: ['nowhere'] })).rejects.toThrow(
      new ConfigError(
        'There is no world "nowhere". Known: default, flaky, lost-answers, outage, slow; a file ends in .yaml or .json.',
      ),
    );
  });
});
