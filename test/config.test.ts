import { describe, expect, it } from 'vitest';

import { ConfigError, toConfig } from '../src/config/config.ts';
import type { EmulatorOptions } from '../src/config/options.ts';
import { bundled } from '../src/providers/index.ts';
import { klaim } from '../src/providers/klaim/index.ts';
import { tally } from './support/providers.ts';

/** Klaim alone in its place, so that what is expected stays the same when providers are added. */
const known = bundled.filter(({ provider }) => provider === klaim);

describe('toConfig', () => {
  it('completes no options with the defaults', () => {
    expect(toConfig({}, known)).toEqual({
      port: 4620,
      host: '127.0.0.1',
      beginning: [],
      providerPorts: true,
      publicUrl: undefined,
      trustProxy: false,
      providers: [klaim],
      places: new Map([['klaim', 2]]),
      fixtures: ['default'],
      data: undefined,
      durability: 'fsync',
      resetData: false,
      randomSeed: undefined,
      clock: undefined,
      options: { klaim: { overdraft: 'allow', pageSize: 100, fullPage: 'ends' } },
      faults: [],
      requestFaults: true,
      strict: false,
      explain: false,
      watch: false,
      control: 'on',
      controlToken: undefined,
      allowOrigin: [],
      allowHost: [],
      allowTarget: [],
      https: false,
      record: false,
      set: [],
      httpsFolder: undefined,
      journalSize: 1000,
      bodyLimit: undefined,
      historyBytes: 33_554_432,
      maxSandboxes: 10_000,
      sandboxIdle: undefined,
    });
  });

  it('takes every known provider where none is named', () => {
    const ids = toConfig({}, bundled).providers.map(({ id }) => id);
    expect(ids).toEqual(bundled.map(({ provider }) => provider.id));
  });

  it('keeps every option that is given', () => {
    const options: EmulatorOptions = {
      port: 0,
      host: '0.0.0.0',
      providerPorts: false,
      publicUrl: 'https://credits.example/emulator',
      trustProxy: true,
      fixtures: ['default', 'mine.yaml'],
      randomSeed: 7,
      strict: true,
      explain: true,
      control: 4700,
      controlToken: 'open-sesame',
      allowOrigin: ['http://localhost:3000'],
      journalSize: 0,
      bodyLimit: 1,
      maxSandboxes: 1,
    };
    expect(toConfig(options, known)).toMatchObject(options);
  });

  it('turns the clock into an instant and hosts into lower case', () => {
    const config = toConfig({ clock: '2026-01-01T01:00:00+01:00', allowHost: ['Emulator.Example'] }, known);
    expect(config.clock).toBe(Date.parse('2026-01-01T00:00:00Z'));
    expect(config.allowHost).toEqual(['emulator.example']);
  });

  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    ['HTTP://LocalHost:3000/', 'http://localhost:3000'],
    ['http://localhost:80', 'http://localhost'],
    ['https://shop.example:443/', 'https://shop.example'],
    ['http://[0:0::1]:3000', 'http://[::1]:3000'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
    ['null', 'null'],
  ])('names the origin %s as a browser does', (written, origin) => {
    expect(toConfig({ allowOrigin: [written] }, known).allowOrigin).toEqual([origin]);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(toConfig({}, known))).toBe(true);
  });

  it('lets the last of several assignments to an option count', () => {
    const { options } = toConfig({ set: ['klaim.overdraft=refuse', 'klaim.overdraft=allow'] }, known);
    expect(options).toEqual({ klaim: { overdraft: 'allow', pageSize: 100, fullPage: 'ends' } });
  });

  it('places providers from outside behind all bundled ones, and keeps the bundled ones out if they are not named', () => {
    const { providers, places, options } = toConfig({ providers: [tally] }, bundled);
    expect(providers).toEqual([tally]);
    expect(places).toEqual(
      new Map([...bundled.map(({ place, provider: { id } }) => [id, place] as const), ['tally', 6]]),
    );
    expect(options).toEqual({ tally: { limit: 1_000_000 } });
  });

  it('takes a provider that is named twice once', () => {
    expect(toConfig({ providers: ['klaim', 'klaim'] }, known).providers).toEqual([klaim]);
  });

  it('checks an assignment to a provider that is switched off and drops it', () => {
    const set = ['klaim.overdraft=refuse', 'tally.limit=5'];
    expect(toConfig({ providers: [tally], set }, known).options).toEqual({ tally: { limit: 5 } });
  });

  it.each<[EmulatorOptions, string]>([
    [{ port: 65_536 }, 'port must be a whole number from 0 to 65535, got 65536.'],
    [{ port: -1 }, 'port must be a whole number from 0 to 65535, got -1.'],
    [{ port: 1.5 }, 'port must be a whole number from 0 to 65535, got 1.5.'],
    [
      { port: 65_534 },
      'klaim would need port 65536, which does not exist. Use a lower --port, or --no-provider-ports.',
    ],
    [{ control: 0 }, 'control must be on, off or the number of a port, got 0.'],
    [{ control: 65_536 }, 'control must be on, off or the number of a port, got 65536.'],
    ...toOriginRefusals(
      '*',
      'http://*.example',
      'localhost:3000',
      'http://',
      'http://a.example/path',
      'http://a.example?x',
    ),
    ...toOriginRefusals('http://user@a.example', 'file://', 'http://a b', 'http://[::1', '//a.example'),
    [{ journalSize: -1 }, 'journalSize must be a whole number from 0 to 1000000, got -1.'],
    [{ bodyLimit: 0 }, 'bodyLimit must be a whole number from 1 to 1073741824, got 0.'],
    ...['4700', '4799-4700', '0-5', '4700-65536', '4700-', 'a-b'].map((listenPorts): [EmulatorOptions, string] => [
      { listenPorts },
      `listenPorts must be a range of ports such as 4700-4799, got "${listenPorts}".`,
    ]),
    [{ maxSandboxes: 0 }, 'maxSandboxes must be a whole number from 1 to 1000000, got 0.'],
    [{ randomSeed: 0.5 }, 'randomSeed must be a whole number, got 0.5.'],
    [{ clock: 'now' }, 'clock: "now" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.'],
    [{ host: '' }, 'host must be text.'],
    [{ providers: [] }, 'providers must be a list with at least one provider.'],
    [{ providers: ['klam'] }, 'There is no provider "klam"; did you mean "klaim"? Known: klaim.'],
    [{ providers: ['stripe'] }, 'There is no provider "stripe". Known: klaim.'],
    [{ providers: [{ ...klaim }] }, 'Two providers have the id "klaim". Rename one of them.'],
    [{ set: ['overdraft'] }, 'set takes provider.option=value, got "overdraft".'],
    [{ set: ['klam.overdraft=allow'] }, 'There is no provider "klam"; did you mean "klaim"? Known: klaim.'],
    [{ set: ['klaim.overdarft=allow'] }, 'klaim has no option "overdarft"; did you mean "overdraft"?'],
    [{ set: ['klaim.constructor=allow'] }, 'klaim has no option "constructor".'],
    [{ set: ['klaim.overdraft=alow'] }, 'klaim.overdraft must be one of allow, refuse, got "alow".'],
    [{ set: ['klaim.overdraft='] }, 'klaim.overdraft must be one of allow, refuse, got "".'],
  ])('refuses %j', (options, message) => {
    expect(() => toConfig(options, known)).toThrow(new ConfigError(message));
  });

  it.each<[string, string]>([
    ['{ "prot": 0 }', 'prot is not a setting; did you mean port?'],
    ['{ "randomseed": 0 }', 'randomseed is not a setting; did you mean randomSeed?'],
    ['{ "port": "any" }', 'port must be a whole number from 0 to 65535, got "any".'],
    ['{ "strict": "maybe" }', 'strict must be true or false, got "maybe".'],
    ['{ "logLevel": "loud" }', 'logLevel must be one of silent, error, warn, info, debug, got "loud".'],
    ['{ "logFormat": "xml" }', 'logFormat must be one of pretty, json, got "xml".'],
    ['{ "fixtures": [5] }', 'fixtures must be a list, got [5].'],
    ['{ "providers": "klaim" }', 'providers must be a list with at least one provider.'],
  ])('refuses what no compiler has checked: %s', (json, message) => {
    const options = JSON.parse(json) as EmulatorOptions;
    expect(() => toConfig(options, known)).toThrow(new ConfigError(message));
  });

  it('has a provider as the option that chooses among its variants has it', () => {
    const variants = { option: 'word', byValue: { b: { document: klaim.document, operations: {} } } };
    const varied = { ...optional, variants };
    const choose = (...set: string[]) => toConfig({ providers: [varied], set }, []).providers;
    expect(choose()).toEqual([{ ...varied, variant: 'a' }]);
    expect(choose('optional.word=b')).toEqual([{ ...varied, variant: 'b', document: klaim.document, operations: {} }]);
  });

  it('gives an option without a default no value', () => {
    const { optional: values } = toConfig({ providers: [optional] }, []).options;
    expect(values).toStrictEqual(DEFAULTS);
  });

  it('takes a rate back that an earlier assignment has set', () => {
    const set = ['optional.often=3/PT1M', 'optional.often=off'];
    expect(toConfig({ providers: [optional], set }, []).options['optional']).toMatchObject({ often: undefined });
  });

  it.each<[string, unknown]>([
    ['number=-5', -5],
    ['positive=1', 1],
    ['flag=true', true],
    ['flag=false', false],
    ['pause=PT1M', 60_000],
    ['pause=250', 250],
    ['word=b', 'b'],
    ['often=100/PT1M', { limit: 100, window: 60_000 }],
    ['often=1/1', { limit: 1, window: 1 }],
    ['often=999999999/P30D', { limit: 999_999_999, window: 2_592_000_000 }],
    ['often=off', undefined],
    ['maybe=true', true],
    ['maybe=false', false],
  ])('reads an option by its kind: %s', (assignment, value) => {
    const [name = ''] = assignment.split('=');
    const { options } = toConfig({ providers: [optional], set: [`optional.${assignment}`] }, []);
    expect(options['optional']).toStrictEqual({ ...DEFAULTS, [name]: value });
  });

  it.each([
    ['number=many', 'optional.number must be a whole number, got "many".'],
    ['positive=0', 'optional.positive must be a whole number of at least 1, got "0".'],
    ['flag=yes', 'optional.flag must be true or false, got "yes".'],
    ['pause=soon', 'optional.pause must be a duration such as PT30S, got "soon".'],
    ['word=c', 'optional.word must be one of a, b, got "c".'],
    ['maybe=', 'optional.maybe must be true or false, got "".'],
    ['maybe=undefined', 'optional.maybe must be true or false, got "undefined".'],
    ...['', 'on', '100', '100/', '/PT1M', '0/PT1M', '-1/PT1M', '1.5/PT1M', '1000000000/PT1M', '01/PT1M'].map(toRefusal),
    ...['3/PT0S', '3/0', '3/soon', '3/P1M', '3/PT1M/PT1M', '3 / PT1M', 'OFF', 'undefined'].map(toRefusal),
  ])('refuses a value that is not of the kind: %s', (assignment, message) => {
    const options = { providers: [optional], set: [`optional.${assignment}`] };
    expect(() => toConfig(options, [])).toThrow(new ConfigError(message));
  });
});

/** What no page has for an origin, and what is said of it. */
function toOriginRefusals(...origins: readonly string[]): [EmulatorOptions, string][] {
  const expected = 'origins such as http://localhost:3000, each in full and without a path';
  return origins.map((origin) => [
    { allowOrigin: ['http://localhost:3000', origin] },
    `allowOrigin must be ${expected}, got ["http://localhost:3000","${origin}"].`,
  ]);
}

/** A value that is no rate, and what is said of it. */
function toRefusal(value: string): [string, string] {
  const expected = 'a number of requests in a duration, such as 100/PT1M, or off';
  return [`often=${value}`, `optional.often must be ${expected}, got "${value}".`];
}

/** A provider with an option of every kind. */
const optional = {
  ...tally,
  id: 'optional',
  options: {
    number: { kind: 'integer', default: 1, describe: 'One.' },
    positive: { kind: 'integer', default: 2, minimum: 1, describe: 'One.' },
    flag: { kind: 'boolean', default: false, describe: 'One.' },
    pause: { kind: 'duration', default: 0, describe: 'One.' },
    word: { kind: 'oneOf', values: ['a', 'b'], default: 'a', describe: 'One.' },
    often: { kind: 'rate', default: undefined, describe: 'One.' },
    maybe: { kind: 'boolean', default: undefined, describe: 'One.' },
  },
} as const;

/** The values of its options. */
const DEFAULTS = { number: 1, positive: 2, flag: false, pause: 0, word: 'a', often: undefined, maybe: undefined };
