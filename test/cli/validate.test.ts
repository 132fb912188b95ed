import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

const APP = 'klaim:\n  apps:\n    - { app_id: app, name: App, api_key: key }\n';
const USER = 'klaim:\n  users:\n    - { app_id: app, email: a@b.example }\n';

describe('validate', () => {
  it('prints what was checked and exits with 0 if all is well, with the configured fixtures together as in a start', async () => {
    const files = { 'credits-emulator.config.yaml': 'fixtures: [app.yaml, user.yaml]\n', 'app.yaml': APP };
    const cwd = createFolder({ ...files, 'user.yaml': USER });
    expect(await runCommand(['validate'], { cwd })).toEqual(prints('All is well: 2 files, 5 worlds, 5 providers.\n'));
  });

  it('checks a named fixture on its own', async () => {
    const cwd = createFolder({ 'user.yaml': USER });
    expect(await callCommand(['validate', 'user.yaml'], { cwd })).toEqual(
      refuses('user.yaml:3:9: klaim.users[0].app_id: There is no app "app".\n', 1),
    );
  });

  it('names file, line, column and path of each error of each file and exits with 1', async () => {
    const cwd = createFolder({
      'good.yaml': APP,
      'wrong.yaml': 'klaim:\n  apps:\n    - app_id: 5\n      nmae: App\n      api_key: key\n',
      'damaged.json': '{ "klaim": [ }',
    });
    expect(await callCommand(['validate', 'good.yaml', 'wrong.yaml', 'damaged.json', 'none.yaml'], { cwd })).toEqual(
      refuses(
        [
          "wrong.yaml:3:7: klaim.apps[0]: must have required property 'name'",
          'wrong.yaml:4:7: klaim.apps[0].nmae: "nmae" is not known here; did you mean "name"?',
          'wrong.yaml:3:7: klaim.apps[0].app_id: must be string',
          'damaged.json:1:14: Flow sequence in block collection must be sufficiently indented and end with a ]',
          'There is no file "none.yaml".',
          '',
        ].join('\n'),
        1,
      ),
    );
  });

  it('prints JSON with --json', async () => {
    const cwd = createFolder({ 'good.yaml': APP, 'wrong.yaml': 'klam: {}\n' });
    const fault = 'wrong.yaml:1:1: klam: "klam" is not a provider; did you mean "klaim"?';
    const providers = ['gamefuse', 'klaim', 'decentraland', 'inveterate', 'openmonetize'];
    const checked = (file: string): object => ({ files: [file], worlds: [], providers, documents: [] });
    expect(await callCommand(['validate', 'good.yaml', '--json'], { cwd })).toEqual(
      prints(`${JSON.stringify({ valid: true, mistakes: [], checked: checked('good.yaml') })}\n`),
    );
    expect(await callCommand(['validate', 'wrong.yaml', '--json'], { cwd })).toEqual(
      prints(`${JSON.stringify({ valid: false, mistakes: [fault], checked: checked('wrong.yaml') })}\n`, 1),
    );
  });

  it('reports an error of the configuration as one more error', async () => {
    const cwd = createFolder({ 'ours.yaml': 'strict: perhaps\n', 'wrong.yaml': 'klam: {}\n' });
    expect(await callCommand(['validate', '--config', 'ours.yaml', 'wrong.yaml'], { cwd })).toEqual(
      refuses(
        [
          'ours.yaml:1:1: strict must be true or false, got "perhaps".',
          'wrong.yaml:1:1: klam: "klam" is not a provider; did you mean "klaim"?',
          '',
        ].join('\n'),
        1,
      ),
    );
  });
});
