import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ConfigError } from '../src/index.ts';
import { callCommand } from './support/command-in-process.ts';
import { runCommand } from './support/command.ts';
import { startApp } from './support/emulator.ts';
import { createFolder } from './support/folder.ts';
import { bell } from './support/plain-provider.ts';

const { 'bell.js': code = '' } = bell;

describe('a provider in a file', () => {
  it('stands beside the bundled ones, with its seed in the world default', async () => {
    const folder = createFolder(bell);
    const app = await startApp({ provider: [join(folder, 'bell.js')], set: ['bell.step=2'] });
    expect((await app.get('/bell/rings')).body).toEqual({ rings: 9 });
    const health = await app.get('/_emulator/health').set('Host', 'localhost');
    expect(health.body).toMatchObject({
      providers: { klaim: 'http://localhost/klaim', bell: 'http://localhost/bell' },
    });
  });

  it('is chosen by its id, and has its section in fixtures', async () => {
    const folder = createFolder({ ...bell, 'world.yaml': 'extends: default\nbell:\n  rings: 20\n' });
    const provider = [join(folder, 'bell.js'), join(folder, './bell.js')];
    const app = await startApp({ provider, providers: ['bell'], fixtures: [join(folder, 'world.yaml')] });
    expect((await app.get('/bell/rings')).body).toEqual({ rings: 21 });
    const health = await app.get('/_emulator/health').set('Host', 'localhost');
    expect(health.body).toMatchObject({ providers: { bell: 'http://localhost/bell' } });
    expect((await app.get('/_emulator/state')).body).toMatchObject({ bell: { rings: 21 } });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['that is not there', {}, 'The provider file "FOLDER/mine.js" does not exist.'],
    [
      'that exports none',
      { 'mine.js': 'export const a = 1; export const b = {};' },
      '"FOLDER/mine.js" exports a, b, but no provider. Export the result of defineProvider.',
    ],
    [
      'that exports nothing',
      { 'mine.js': '' },
      '"FOLDER/mine.js" exports nothing, but no provider. Export the result of defineProvider.',
    ],
    [
      'that exports two',
      { 'mine.js': 'export const a = { id: "a" }; export const b = { id: "b" };' },
      '"FOLDER/mine.js" exports 2 providers (a, b). Make one the default export.',
    ],
    [
      'that throws',
      { 'mine.js': 'throw new Error("boom");' },
      'The provider "FOLDER/mine.js" cannot be imported: boom',
    ],
    [
      'with wrong parts, all of which are told',
      { 'mine.js': code.replace('stages', 'stagse').replace("'Bell'", 'Bell.title').replace('Bell.title', '5') },
      [
        'bell.stages is missing.',
        'bell.title must be text that is not empty, got 5.',
        'bell.stagse is not known; did you mean "stages"?',
      ].join('\n'),
    ],
    [
      'with an operation that is not in its document',
      { ...bell, 'mine.js': code.replace('    ring:', '    rign:') },
      'bell.operations.rign is not in the document; did you mean "ring"?',
    ],
    [
      'whose document has an operation without a name',
      { ...bell, 'mine.js': code, 'bell.yaml': bell['bell.yaml']?.replace('operationId: ring', 'summary: Ring') ?? '' },
      'FOLDER/bell.yaml: get /rings has no operationId.',
    ],
    [
      'whose document is not there',
      { 'mine.js': code, 'bell-seed.yaml': 'bell: {}' },
      'There is no file "FOLDER/bell.yaml".',
    ],
    [
      'whose seed does not fit',
      { ...bell, 'mine.js': code, 'bell-seed.yaml': 'bell:\n  ringz: 7\n' },
      'FOLDER/bell-seed.yaml:2:3: bell.ringz: "ringz" is not known here; did you mean "rings"?',
    ],
  ])('%s is refused', async (_, files, message) => {
    const folder = createFolder(files);
    await expect(startApp({ provider: [join(folder, 'mine.js')], providers: ['bell'] })).rejects.toThrow(
      new ConfigError(message.replaceAll('FOLDER', folder)),
    );
  });
});

describe('--provider', () => {
  it('gives a command its variables, also by a file with settings', async () => {
    const cwd = createFolder({
      ...bell,
      'call.js': "console.log(await (await fetch(process.env.BELL_URL + '/rings')).text(), process.env.KLAIM_API_KEY)",
      'settings/own.json': '{ "provider": ["../bell.js"], "providers": ["bell"] }',
      'package.json': '{ "type": "module" }',
    });
    const words = ['exec', '--config', 'settings/own.json', '--', process.execPath, 'call.js'];
    expect(await runCommand(words, { cwd })).toEqual({ stdout: '{"rings":8} undefined\n', stderr: '', code: 0 });
  });

  it('is heeded by validate', async () => {
    const cwd = createFolder({ ...bell, 'wrong.yaml': 'bell: { rings: many }\n' });
    expect(await callCommand(['validate', '--provider', 'bell.js', 'wrong.yaml'], { cwd })).toEqual({
      stdout: '',
      stderr: 'wrong.yaml:1:9: bell.rings: must be integer\n',
      code: 1,
    });
  });

  it('ends a start with 2 and a sentence where it is wrong', async () => {
    const cwd = createFolder({ 'mine.js': 'import { x } from "credits-emulator"; export default x;' });
    expect(await callCommand(['start', '--provider', 'mine.js'], { cwd })).toEqual({
      stdout: '',
      stderr:
        `The provider "${cwd}/mine.js" cannot be imported: Cannot find package 'credits-emulator' imported from ` +
        `${cwd}/mine.js. Install the library next to the provider: npm install credits-emulator\n`,
      code: 2,
    });
  });

  it('says what makes a file a module where its package is CommonJS', async () => {
    const cwd = createFolder({ 'package.json': '{ "type": "commonjs" }', 'deep/mine.js': 'export default {};' });
    expect(await runCommand(['start', '--provider', 'deep/mine.js'], { cwd, env: { NODE_NO_WARNINGS: '1' } })).toEqual({
      stdout: '',
      stderr:
        `The provider "${cwd}/deep/mine.js" cannot be imported: Unexpected token 'export'. ` +
        `It is an ES module: name it .mjs, or set "type": "module" in ${cwd}/package.json\n`,
      code: 2,
    });
  });
});
