import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { ConfigError } from '../src/config/config.ts';
import { resolveSettings, type SettingSources } from '../src/config/settings.ts';
import { createFolder } from './support/folder.ts';

/** Away from any file with settings that a working folder may hold. */
function resolve(sources: Partial<SettingSources>): ReturnType<typeof resolveSettings> {
  const file = sources.file ?? join(createFolder({ 'none.yaml': '' }), 'none.yaml');
  return resolveSettings({ flags: {}, environment: {}, ...sources, file });
}

describe('resolveSettings', () => {
  it('is empty when nothing is given', async () => {
    expect(await resolve({ flags: { port: undefined }, environment: { PATH: '/bin' } })).toEqual({});
  });

  it('reads every setting from flags', async () => {
    const flags = {
      port: '0',
      host: 'localhost',
      'provider-ports': false,
      'public-url': 'HTTPS://Credits.Example:443/emulator/',
      'trust-proxy': true,
      providers: 'klaim, tally',
      fixtures: ['default', 'a.yaml,b.yaml'],
      'random-seed': '-7',
      clock: '2026-01-01T00:00:00Z',
      set: 'klaim.overdraft=refuse',
      strict: true,
      explain: true,
      control: '4700',
      'control-token': 'open-sesame',
      'allow-origin': 'http://localhost:3000',
      'allow-host': ['a.example', 'b.example'],
      'allow-target': '203.0.113.0/24, hooks.example',
      'journal-size': '10',
      'body-limit': '1000',
      'max-sandboxes': '5',
      'listen-ports': '4700-4799',
      'log-level': 'debug',
      'log-format': 'json',
    };
    const options = {
      port: 0,
      host: 'localhost',
      providerPorts: false,
      publicUrl: 'https://credits.example/emulator',
      trustProxy: true,
      providers: ['klaim', 'tally'],
      fixtures: ['default', 'a.yaml', 'b.yaml'],
      randomSeed: -7,
      clock: '2026-01-01T00:00:00Z',
      set: ['klaim.overdraft=refuse'],
      strict: true,
      explain: true,
      control: 4700,
      controlToken: 'open-sesame',
      allowOrigin: ['http://localhost:3000'],
      allowHost: ['a.example', 'b.example'],
      allowTarget: ['203.0.113.0/24', 'hooks.example'],
      journalSize: 10,
      bodyLimit: 1000,
      maxSandboxes: 5,
      listenPorts: '4700-4799',
      logLevel: 'debug',
      logFormat: 'json',
    };
    expect(await resolve({ flags })).toEqual(options);
    const variables = Object.entries(flags).map(([name, value]) => [
      `CREDITS_EMULATOR_${name.toUpperCase().replaceAll('-', '_')}`,
      String(value),
    ]);
    expect(await resolve({ environment: Object.fromEntries(variables) as Record<string, string> })).toEqual(options);
  });

  it('reads them from a file, spelled as the library or as the flags do', async () => {
    const folder = createFolder({
      'settings.yaml':
        'logLevel: debug\nlog-format: json\nport: 0\nstrict: true\ncontrol: off\nset: [klaim.overdraft=refuse]',
    });
    expect(await resolve({ file: join(folder, 'settings.yaml') })).toEqual({
      logLevel: 'debug',
      logFormat: 'json',
      port: 0,
      strict: true,
      control: 'off',
      set: ['klaim.overdraft=refuse'],
    });
  });

  it('prefers flags to variables, variables to PORT, and PORT to the file', async () => {
    const folder = createFolder({ 'settings.json': '{ "port": 4, "journalSize": 4 }' });
    const sources = { file: join(folder, 'settings.json'), environment: { PORT: '3' } };
    expect(await resolve(sources)).toEqual({ port: 3, journalSize: 4 });
    const environment = { PORT: '3', CREDITS_EMULATOR_PORT: '2' };
    expect(await resolve({ ...sources, environment })).toEqual({ port: 2, journalSize: 4 });
    expect(await resolve({ ...sources, environment, flags: { port: '1' } })).toEqual({ port: 1, journalSize: 4 });
  });

  it.each(['yaml', 'yml', 'json'])('finds credits-emulator.config.%s in the working folder', async (extension) => {
    const before = process.cwd();
    onTestFinished(() => process.chdir(before));
    process.chdir(createFolder({ [`credits-emulator.config.${extension}`]: '{ "port": 5 }' }));
    expect(await resolveSettings({ flags: {}, environment: {} })).toEqual({ port: 5 });
  });

  it('reads the file that CREDITS_EMULATOR_CONFIG names, unless a flag names another', async () => {
    const folder = createFolder({ 'one.yaml': 'port: 1', 'two.yaml': 'port: 2' });
    const environment = { CREDITS_EMULATOR_CONFIG: join(folder, 'one.yaml') };
    expect(await resolveSettings({ flags: {}, environment })).toEqual({ port: 1 });
    expect(await resolve({ environment, file: join(folder, 'two.yaml') })).toEqual({ port: 2 });
  });

  it("finds a file's fixtures from the file's own folder", async () => {
    const folder = createFolder({ 'ours/settings.yaml': 'fixtures: [default, a.yaml, ../b.json, /c.yaml]' });
    expect(await resolve({ file: join(folder, 'ours/settings.yaml') })).toEqual({
      fixtures: ['default', join(folder, 'ours/a.yaml'), join(folder, 'b.json'), '/c.yaml'],
    });
  });

  it.each([
    ['CREDITS_EMULATOR_STRICT', '1', { strict: true }],
    ['CREDITS_EMULATOR_EXPLAIN', 'false', { explain: false }],
    ['CREDITS_EMULATOR_STRICT', '0', { strict: false }],
    ['CREDITS_EMULATOR_PROVIDER_PORTS', 'false', { providerPorts: false }],
    ['CREDITS_EMULATOR_NO_PROVIDER_PORTS', 'true', { providerPorts: false }],
    ['CREDITS_EMULATOR_NO_PROVIDER_PORTS', '0', { providerPorts: true }],
    ['CREDITS_EMULATOR_PORT', '', {}],
    ['PORT', '', {}],
    ['CREDITS_EMULATOR_PORT', 'tcp://10.0.0.7:4620', {}],
    ['CREDITS_EMULATOR_SERVICE_PORT', '4620', {}],
    ['CREDITS_EMULATOR_PORT_4620_TCP_PORT', '4620', {}],
    ['CREDITS_EMULATOR_URL', 'http://127.0.0.1:4620', {}],
    ['CREDITS_EMULATOR_SANDBOX', 'checkout', {}],
  ])('reads %s=%s', async (variable, value, options) => {
    expect(await resolve({ environment: { [variable]: value } })).toEqual(options);
  });

  it.each([
    ['CREDITS_EMULATOR_PORT', 'any', 'CREDITS_EMULATOR_PORT must be a whole number from 0 to 65535, got "any".'],
    ['PORT', '99999', 'PORT must be a whole number from 0 to 65535, got "99999".'],
    ['CREDITS_EMULATOR_NO_PROVIDER_PORTS', 'so', 'CREDITS_EMULATOR_PROVIDER_PORTS must be true or false, got "so".'],
    ['CREDITS_EMULATOR_PORTS', '1', 'CREDITS_EMULATOR_PORTS is not a setting; did you mean CREDITS_EMULATOR_PORT?'],
    ['CREDITS_EMULATOR_SNAPSHOTS', '/data', 'CREDITS_EMULATOR_SNAPSHOTS is not a setting.'],
    [
      'CREDITS_EMULATOR_CLOCK',
      'noon',
      'CREDITS_EMULATOR_CLOCK: "noon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.',
    ],
    [
      'CREDITS_EMULATOR_ALLOW_ORIGIN',
      'http://localhost:3000,*',
      'CREDITS_EMULATOR_ALLOW_ORIGIN must be origins such as http://localhost:3000, each in full and without a path, got "http://localhost:3000,*".',
    ],
    [
      'CREDITS_EMULATOR_CONTROL',
      'perhaps',
      'CREDITS_EMULATOR_CONTROL must be on, off or the number of a port, got "perhaps".',
    ],
  ])('refuses %s=%s', async (variable, value, message) => {
    await expect(resolve({ environment: { [variable]: value } })).rejects.toThrow(new ConfigError(message));
  });

  it.each([
    ['port', ['1', '2'], '--port must be a whole number from 0 to 65535, got ["1","2"].'],
    ['port', false, '--port must be a whole number from 0 to 65535, got false.'],
    ['port', '1e3', '--port must be a whole number from 0 to 65535, got "1e3".'],
    ['fixtures', '', '--fixtures must be a list, got "".'],
    [
      'allow-origin',
      '*',
      '--allow-origin must be origins such as http://localhost:3000, each in full and without a path, got "*".',
    ],
    ['control-token', '', '--control-token must be text.'],
    ['control-token', ['open', 'sesame'], '--control-token must be text.'],
  ])('refuses --%s %j', async (flag, value, message) => {
    await expect(resolve({ flags: { [flag]: value } })).rejects.toThrow(new ConfigError(message));
  });

  it.each([
    ['port: 1\nprot: 1\n', ':2:1: prot is not a setting; did you mean port?'],
    ['logLvl: info\n', ':1:1: logLvl is not a setting; did you mean logLevel?'],
    ['port: 1\nlog-level: loud\n', ':2:1: logLevel must be one of silent, error, warn, info, debug, got "loud".'],
    ['clock:\n  - 1\n', ':1:1: clock must be an instant such as 2026-01-01T00:00:00Z, got [1].'],
    [
      'allowOrigin: ["*"]\n',
      ':1:1: allowOrigin must be origins such as http://localhost:3000, each in full and without a path, got ["*"].',
    ],
    ['- port\n', ':1:1: A config file must be a mapping of settings.'],
    ['port: [\n', ':2:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('says where in a file it found the fault: %j', async (text, message) => {
    const file = join(createFolder({ 'settings.yaml': text }), 'settings.yaml');
    await expect(resolve({ file })).rejects.toThrow(new ConfigError(`${file}${message}`));
  });

  it('says that a file is not there, or is none', async () => {
    const folder = createFolder();
    const missing = join(folder, 'settings.yaml');
    await expect(resolve({ file: missing })).rejects.toThrow(new ConfigError(`There is no file "${missing}".`));
    await expect(resolve({ file: folder })).rejects.toThrow(new ConfigError(`"${folder}" is a folder, not a file.`));
  });

  describe('in our image', () => {
    const environment = { CREDITS_EMULATOR_IMAGE: 'true' };

    it('takes what is mounted for the fixtures, and lets idle sandboxes go', async () => {
      const mounted = createFolder({
        'b.yaml': '',
        'a.json': '{}',
        'notes.md': '',
        '.hidden.yaml': '',
        'schema.json': '{}',
        'credits-emulator.config.yml': '',
      });
      expect(await resolve({ environment, mounted })).toEqual({
        fixtures: [join(mounted, 'a.json'), join(mounted, 'b.yaml')],
        sandboxIdle: 'PT1H',
      });
    });

    it('adds nothing to what was said, and lets no sandbox go that is on disk', async () => {
      const mounted = createFolder({ 'a.yaml': '' });
      const said = { ...environment, CREDITS_EMULATOR_FIXTURES: 'flaky', CREDITS_EMULATOR_SANDBOX_IDLE: 'PT5M' };
      expect(await resolve({ environment: said, mounted })).toEqual({ fixtures: ['flaky'], sandboxIdle: 300_000 });
      expect(await resolve({ environment, flags: { data: '/data' }, mounted: join(mounted, 'none') })).toEqual({
        data: '/data',
      });
    });

    it('adds nothing elsewhere', async () => {
      expect(await resolve({ mounted: createFolder({ 'a.yaml': '' }) })).toEqual({});
    });
  });
});
