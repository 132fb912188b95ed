import { parseInstant, type Instant } from './core/clock.ts';
import { toMessage } from './core/failure.ts';
import { parseDuration } from './core/duration.ts';
import type { OptionDefinition, OptionDefinitions, Provider } from './core/provider.ts';
import { suggest } from './nearest.ts';
import type { Bundled } from './providers/index.ts';

/** The user asked for something that is not there or makes no sense. The CLI ends with 2. */
export class ConfigError extends Error {}

type Kind = 'text' | 'integer' | 'boolean' | 'list' | 'instant' | 'control' | 'logLevel' | 'logFormat';

interface Setting {
  readonly kind: Kind;
  readonly describe: string;
  readonly placeholder?: string;
}

/** Every setting by its flag. The environment has each as CREDITS_EMULATOR_<NAME>, the file by the flag's name. */
export const SETTINGS = {
  port: { kind: 'integer', describe: 'Shared port; providers follow on N+1, N+2, ...; 0 takes free ones [4620]' },
  host: { kind: 'text', describe: 'Address to listen on [127.0.0.1]' },
  'provider-ports': { kind: 'boolean', describe: 'A port of its own for each provider [true]' },
  providers: { kind: 'list', describe: 'Only these, by id, with commas between [all]' },
  fixtures: {
    kind: 'list',
    describe: 'World by name, or a file; later ones add to and override earlier ones [default]',
  },
  'random-seed': { kind: 'integer', describe: 'What all chance is made of [1]' },
  clock: { kind: 'instant', describe: 'Freeze the clock there, e.g. 2026-01-01T00:00:00Z [real time, running]' },
  set: { kind: 'list', describe: 'provider.option=value' },
  strict: {
    kind: 'boolean',
    describe: '501 for an operation that is not written, instead of a generated example [false]',
  },
  control: { kind: 'control', describe: 'Control API: on, off, or a port of its own [on]' },
  'control-token': { kind: 'text', describe: 'Ask for it as Bearer in the control API [none]' },
  'allow-origin': { kind: 'list', describe: 'Origin whose pages may use the control API' },
  'allow-host': { kind: 'list', describe: 'Host name under which the control API may be reached' },
  'journal-size': { kind: 'integer', describe: 'Exchanges that each sandbox remembers [1000]' },
  'body-limit': { kind: 'integer', describe: "Bytes of a request's body [the provider's own limit]" },
  'max-sandboxes': { kind: 'integer', describe: 'How many there may be [10000]' },
  'log-level': { kind: 'logLevel', describe: 'silent, error, warn, info or debug [info]' },
  'log-format': { kind: 'logFormat', describe: 'pretty or json [pretty on a terminal]' },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** Bundled providers have the places up to here. */
const LAST_PLACE = 5;
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
const LOG_FORMATS = ['pretty', 'json'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What `createEmulator` takes. Instants are RFC 3339. */
export interface EmulatorOptions {
  readonly port?: number;
  readonly host?: string;
  readonly providerPorts?: boolean;
  /** Ids of bundled providers, or providers of one's own. */
  readonly providers?: readonly (string | Provider)[];
  readonly fixtures?: readonly string[];
  readonly randomSeed?: number;
  readonly clock?: string;
  /** `provider.option=value` each. */
  readonly set?: readonly string[];
  readonly strict?: boolean;
  readonly control?: 'on' | 'off' | number;
  readonly controlToken?: string;
  readonly allowOrigin?: readonly string[];
  readonly allowHost?: readonly string[];
  readonly journalSize?: number;
  readonly bodyLimit?: number;
  readonly maxSandboxes?: number;
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly providerPorts: boolean;
  readonly providers: readonly Provider[];
  /** How far the port of each known provider lies behind the shared one. */
  readonly places: ReadonlyMap<string, number>;
  readonly fixtures: readonly string[];
  readonly randomSeed: number | undefined;
  readonly clock: Instant | undefined;
  readonly options: Readonly<Record<string, Readonly<Record<string, boolean | string | number>>>>;
  readonly strict: boolean;
  readonly control: 'on' | 'off' | number;
  readonly controlToken: string | undefined;
  readonly allowOrigin: readonly string[];
  readonly allowHost: readonly string[];
  readonly journalSize: number;
  readonly bodyLimit: number | undefined;
  readonly maxSandboxes: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat | undefined;
}

/** Checks and completes the options. @throws {ConfigError} */
export function toConfig(options: EmulatorOptions, known: readonly Bundled[]): Config {
  const own = (options.providers ?? []).filter((provider) => typeof provider === 'object');
  const places = toPlaces(known, own);
  const all = [...known.map(({ provider }) => provider), ...own];
  const chosen =
    options.providers?.map((provider) => (typeof provider === 'object' ? provider : getProvider(provider, all))) ?? all;
  const providers = [...new Set(chosen)];
  return Object.freeze({
    port: toRange('port', options.port ?? 4620, 0, 65_535),
    host: options.host ?? '127.0.0.1',
    providerPorts: options.providerPorts ?? true,
    providers,
    places,
    fixtures: options.fixtures?.length ? options.fixtures : ['default'],
    randomSeed: options.randomSeed,
    clock: options.clock === undefined ? undefined : toClock(options.clock),
    options: toProviderOptions(options.set ?? [], providers, all),
    strict: options.strict ?? false,
    control:
      typeof options.control === 'number' ? toRange('control', options.control, 0, 65_535) : (options.control ?? 'on'),
    controlToken: options.controlToken,
    allowOrigin: options.allowOrigin ?? [],
    allowHost: options.allowHost?.map((host) => host.toLowerCase()) ?? [],
    journalSize: toRange('journal-size', options.journalSize ?? 1000, 0, 1_000_000),
    bodyLimit: options.bodyLimit === undefined ? undefined : toRange('body-limit', options.bodyLimit, 1, 1_073_741_824),
    maxSandboxes: toRange('max-sandboxes', options.maxSandboxes ?? 10_000, 1, 1_000_000),
    logLevel: options.logLevel ?? 'info',
    logFormat: options.logFormat,
  });
}

/** Those from outside come behind all that have a place of their own. */
function toPlaces(known: readonly Bundled[], own: readonly Provider[]): ReadonlyMap<string, number> {
  const places = new Map(known.map(({ provider, place }) => [provider.id, place]));
  let last = Math.max(LAST_PLACE, ...places.values());
  for (const { id } of own) {
    if (places.has(id)) throw new ConfigError(`There are two providers "${id}".`);
    places.set(id, (last += 1));
  }
  return places;
}

function getProvider(id: string, all: readonly Provider[]): Provider {
  const provider = all.find((candidate) => candidate.id === id);
  if (provider) return provider;
  const ids = all.map((candidate) => candidate.id);
  throw new ConfigError(`There is no provider "${id}"${suggest(id, ids)} Known: ${ids.join(', ')}.`);
}

function toRange(name: SettingName, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ConfigError(`--${name} must be a whole number from ${least} to ${most}, got ${value}.`);
}

function toClock(text: string): Instant {
  try {
    return parseInstant(text);
  } catch (error) {
    throw new ConfigError(`--clock: ${toMessage(error)}`);
  }
}

// ---------------------------------------------------------------------------
// provider.option=value

function toProviderOptions(
  assignments: readonly string[],
  providers: readonly Provider[],
  all: readonly Provider[],
): Config['options'] {
  const values = Object.fromEntries(providers.map(({ id, options }) => [id, toDefaults(options)]));
  for (const assignment of assignments) {
    const [, id, name, value] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (id === undefined || name === undefined || value === undefined) {
      throw new ConfigError(`--set takes provider.option=value, got "${assignment}".`);
    }
    const { options } = getProvider(id, all);
    const definition = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!definition) {
      throw new ConfigError(`${id} has no option "${name}"${suggest(name, Object.keys(options))}`);
    }
    const parsed = parseOption(definition, value);
    if (parsed === undefined)
      throw new ConfigError(`${id}.${name} must be ${toExpectation(definition)}, got "${value}".`);
    const own = values[id];
    if (own) own[name] = parsed;
  }
  return values;
}

function toDefaults(options: OptionDefinitions): Record<string, boolean | string | number> {
  return Object.fromEntries(Object.entries(options).map(([name, definition]) => [name, definition.default]));
}

function parseOption(definition: OptionDefinition, text: string): boolean | string | number | undefined {
  switch (definition.kind) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'oneOf':
      return definition.values.includes(text) ? text : undefined;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'duration':
      try {
        return parseDuration(text);
      } catch {
        return undefined;
      }
  }
}

function toExpectation(definition: OptionDefinition): string {
  switch (definition.kind) {
    case 'boolean':
      return 'true or false';
    case 'oneOf':
      return `one of ${definition.values.join(', ')}`;
    case 'integer':
      return 'a whole number';
    case 'duration':
      return 'a duration such as PT30S';
  }
}

// ---------------------------------------------------------------------------
// Settings as they are written in flags, environment and file

/** Turns settings by flag name, as text or as a file holds them, into options. @throws {ConfigError} */
export function parseSettings(
  written: Readonly<Record<string, unknown>>,
  origin: (name: string) => string,
): EmulatorOptions {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(written)) {
    if (value === undefined) continue;
    if (!isSettingName(name)) {
      throw new ConfigError(`${origin(name)} is not a setting${suggest(name, Object.keys(SETTINGS))}`);
    }
    options[toCamelCase(name)] = parseSetting(SETTINGS[name].kind, value, origin(name));
  }
  return options;
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

function toCamelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function parseSetting(kind: Kind, value: unknown, origin: string): unknown {
  switch (kind) {
    case 'text':
    case 'instant':
      if (typeof value === 'string' && value !== '') return value;
      throw new ConfigError(`${origin} must be text.`);
    case 'integer':
      return parseInteger(value) ?? refuse(origin, 'a whole number', value);
    case 'boolean':
      return parseBoolean(value) ?? refuse(origin, 'true or false', value);
    case 'list':
      return parseList(value) ?? refuse(origin, 'a list', value);
    case 'control':
      return parseInteger(value) ?? parseOneOf(['on', 'off'], value) ?? refuse(origin, 'on, off or a port', value);
    case 'logLevel':
      return parseOneOf(LOG_LEVELS, value) ?? refuse(origin, `one of ${LOG_LEVELS.join(', ')}`, value);
    case 'logFormat':
      return parseOneOf(LOG_FORMATS, value) ?? refuse(origin, `one of ${LOG_FORMATS.join(', ')}`, value);
  }
}

function refuse(origin: string, expected: string, value: unknown): never {
  throw new ConfigError(`${origin} must be ${expected}, got ${JSON.stringify(value)}.`);
}

function parseInteger(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : undefined;
}

/** Values may be repeated and may hold commas; a value of `set` may hold a comma of its own only where it is repeated. */
function parseList(value: unknown): readonly string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (!items.every((item) => typeof item === 'string')) return undefined;
  return items
    .flatMap((item) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseOneOf(values: readonly string[], value: unknown): string | undefined {
  return typeof value === 'string' && values.includes(value) ? value : undefined;
}

const PREFIX = 'CREDITS_EMULATOR_';
/** Variables that `env` prints or that the other verbs read. */
const NOT_SETTINGS = new Set(['CREDITS_EMULATOR_URL', 'CREDITS_EMULATOR_SANDBOX', 'CREDITS_EMULATOR_CONFIG']);
/** What container platforms set for a service that is called credits-emulator. */
const PLATFORM = /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP)|^CREDITS_EMULATOR_PORT$/;

/** Settings of the environment by flag name. `PORT` counts as CREDITS_EMULATOR_PORT. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const settings: Record<string, string> = {};
  if (environment['PORT']) settings['port'] = environment['PORT'];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || NOT_SETTINGS.has(variable) || value === undefined || value === '') continue;
    if (PLATFORM.test(variable) && !/^\d+$/.test(value)) continue;
    const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
    if (name === 'no-provider-ports') settings['provider-ports'] = parseBoolean(value) ? 'false' : 'true';
    else settings[name] = value;
  }
  return settings;
}

export function toVariable(name: string): string {
  return PREFIX + name.toUpperCase().replaceAll('-', '_');
}
