import { ConfigError } from '../core/values/config-error.ts';
import { DURABILITIES, LOG_FORMATS, LOG_LEVELS, type EmulatorOptions } from './options.ts';
import { parseInstant } from '../core/values/clock.ts';
import { parseDuration } from '../core/values/duration.ts';
import { toMessage } from '../core/values/message.ts';
import { findNearest } from '../core/values/nearest.ts';
import { shorten } from '../core/values/quotation.ts';
import { parseTarget } from '../core/values/allowlist.ts';

type Kind =
  | 'text'
  | 'integer'
  | 'duration'
  | 'boolean'
  | 'list'
  | 'url'
  | 'origins'
  | 'targets'
  | 'instant'
  | 'control'
  | 'ports'
  | 'durability'
  | 'logLevel'
  | 'logFormat';

interface Setting {
  readonly kind: Kind;
  readonly describe: string;
  /** The least and the most that a number may be. */
  readonly range?: readonly [number, number];
}

const PORTS = [0, 65_535] as const;

/** Every setting by its flag. Its variable is CREDITS_EMULATOR_<NAME>; the config file and the library call it flagName. */
export const SETTINGS = {
  port: {
    kind: 'integer',
    range: PORTS,
    describe: 'Shared port; providers use N+1, N+2, ...; 0 picks free ports [4620]',
  },
  host: { kind: 'text', describe: 'Address to listen on [127.0.0.1]' },
  'provider-ports': { kind: 'boolean', describe: 'Open a port for each provider [true]' },
  'public-url': { kind: 'url', describe: 'URL by which clients reach the shared port [from the request]' },
  'trust-proxy': {
    kind: 'boolean',
    describe: 'Trust X-Forwarded-Proto, -Host, -Port and -Prefix [false]',
  },
  https: { kind: 'boolean', describe: 'Serve HTTPS next to HTTP on every port; `ca` prints the certificate [false]' },
  'https-folder': {
    kind: 'text',
    describe: 'Store the certificates of --https here [https in --data; else new at each start]',
  },
  providers: { kind: 'list', describe: 'Start only these providers, ids with commas between [all]' },
  provider: { kind: 'list', describe: 'Add the provider that this JavaScript file exports' },
  fixtures: {
    kind: 'list',
    describe: 'Load a world or a file; later ones extend and override earlier ones [default]',
  },
  record: { kind: 'boolean', describe: 'Record every exchange from the start, for bundles [false]' },
  watch: { kind: 'boolean', describe: 'Reload fixture files when they change, and reset to them [false]' },
  data: { kind: 'text', describe: 'Store all state in this folder [none: in memory]' },
  durability: {
    kind: 'durability',
    describe: 'What acknowledged changes survive: fsync a power cut, os a killed process, none neither [fsync]',
  },
  'reset-data': { kind: 'boolean', describe: 'Erase --data and start from the seed [false]' },
  'random-seed': { kind: 'integer', describe: 'Seed for ids and all random values [1]' },
  clock: {
    kind: 'instant',
    describe: 'Freeze the clock at this instant, e.g. 2026-01-01T00:00:00Z [real time, running]',
  },
  set: { kind: 'list', describe: 'Set an option of a provider: provider.option=value' },
  faults: { kind: 'list', describe: 'Add the fault rules of this file to every new sandbox' },
  'request-faults': {
    kind: 'boolean',
    describe: 'Honour the request headers X-Emulator-Inject and Prefer: code=N [true]',
  },
  strict: {
    kind: 'boolean',
    describe: 'Return 501 instead of a generated example for an unwritten operation [false]',
  },
  explain: { kind: 'boolean', describe: 'Log why each refused request was refused [on a terminal]' },
  // Not 0: nothing would print the port that it got.
  control: {
    kind: 'control',
    range: [1, 65_535],
    describe: 'Serve the control API: on, off, or a number: on that port only [on]',
  },
  'control-token': { kind: 'text', describe: 'Bearer token that the control API requires [none]' },
  'allow-origin': { kind: 'origins', describe: 'Let pages of this origin use the control API' },
  'allow-host': { kind: 'list', describe: 'Let clients reach the control API by this host name' },
  'allow-target': {
    kind: 'targets',
    describe: 'Let webhooks go to this address, range or host, besides loopback and private ones',
  },
  'journal-size': {
    kind: 'integer',
    range: [0, 1_000_000],
    describe: 'Exchanges in the journal of each sandbox [1000]',
  },
  'body-limit': {
    kind: 'integer',
    range: [1, 1_073_741_824],
    describe: "Maximum bytes of a request body [the provider's own limit]",
  },
  'history-bytes': {
    kind: 'integer',
    range: [0, 1_099_511_627_776],
    describe: 'Bytes for all journals and ledgers together; the oldest entries are dropped first [33554432]',
  },
  'sandbox-idle': {
    kind: 'duration',
    describe: 'Delete sandboxes idle this long, e.g. PT1H; the default one stays [never]',
  },
  'max-sandboxes': { kind: 'integer', range: [1, 1_000_000], describe: 'Maximum number of sandboxes [10000]' },
  'listen-ports': {
    kind: 'ports',
    describe: 'Ports for sandboxes with ports of their own, e.g. 4700-4799 [free ports]',
  },
  'log-level': { kind: 'logLevel', describe: 'silent, error, warn, info or debug [info]' },
  'log-format': { kind: 'logFormat', describe: 'pretty or json [pretty on a terminal]' },
} as const satisfies Record<string, Setting>;

/** How errors spell a setting's name, and the place where it was written. */
export interface Spelling {
  readonly spell: (name: string) => string;
  readonly locate?: (name: string) => string;
}

/** Parses settings by flag name, as text or as values of a file. @throws {ConfigError} */
export function parseSettings(written: Readonly<Record<string, unknown>>, spelling: Spelling): EmulatorOptions {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(written)) {
    if (value === undefined) continue;
    const where = spelling.locate?.(name) ?? '';
    if (!isSettingName(name)) throw new ConfigError(`${where}${describeUnknown(name, spelling)}`);
    options[toOptionName(name)] = parseSetting(SETTINGS[name], value, `${where}${spelling.spell(name)}`);
  }
  return options;
}

function isSettingName(name: string): name is keyof typeof SETTINGS {
  return Object.hasOwn(SETTINGS, name);
}

function describeUnknown(name: string, { spell }: Spelling): string {
  const nearest = findNearest(name, Object.keys(SETTINGS));
  return `${shorten(spell(name))} is not a setting${nearest === undefined ? '.' : `; did you mean ${spell(nearest)}?`}`;
}

/** log-level to logLevel. */
export function toOptionName(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** logLevel to log-level. */
export function toFlagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function parseSetting({ kind, range }: Setting, value: unknown, subject: string): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string' && value !== '') return value;
      throw new ConfigError(`${subject} must be text.`);
    case 'instant':
      return parseInstantText(value, subject);
    case 'integer':
      return parseInteger(value, range) ?? refuse(subject, toWholeNumber(range), value);
    case 'duration':
      return parseSettingDuration(value, subject);
    case 'boolean':
      return parseBoolean(value) ?? refuse(subject, 'true or false', value);
    case 'list':
      return parseList(value) ?? refuse(subject, 'a list', value);
    case 'url':
      return parseUrl(value) ?? refuse(subject, 'a URL such as https://credits.example/emulator', value);
    case 'origins':
      return (
        parseOrigins(value) ??
        refuse(subject, 'origins such as http://localhost:3000, each in full and without a path', value)
      );
    case 'targets':
      return (
        parseTargets(value) ??
        refuse(subject, 'addresses, ranges or hosts such as 203.0.113.7, 203.0.113.0/24 or hooks.example', value)
      );
    case 'control':
      return (
        parseInteger(value, range) ??
        parseOneOf(['on', 'off'], value) ??
        refuse(subject, 'on, off or the number of a port', value)
      );
    case 'ports':
      if (typeof value === 'string' && parsePorts(value)) return value;
      return refuse(subject, 'a range of ports such as 4700-4799', value);
    case 'durability':
      return parseOneOf(DURABILITIES, value) ?? refuse(subject, `one of ${DURABILITIES.join(', ')}`, value);
    case 'logLevel':
      return parseOneOf(LOG_LEVELS, value) ?? refuse(subject, `one of ${LOG_LEVELS.join(', ')}`, value);
    case 'logFormat':
      return parseOneOf(LOG_FORMATS, value) ?? refuse(subject, `one of ${LOG_FORMATS.join(', ')}`, value);
  }
}

/** Parses a duration above 0, in milliseconds. */
function parseSettingDuration(value: unknown, subject: string): number {
  if (typeof value !== 'string' && typeof value !== 'number') return refuse(subject, 'a duration such as PT1H', value);
  try {
    const milliseconds = parseDuration(String(value));
    if (milliseconds > 0) return milliseconds;
  } catch {
    // Said below, as of any other value.
  }
  return refuse(subject, 'a duration above 0 such as PT1H', value);
}

function refuse(subject: string, expected: string, value: unknown): never {
  throw new ConfigError(`${subject} must be ${expected}, got ${shorten(JSON.stringify(value))}.`);
}

/** Checks an instant; it stays text because options are plain values. */
function parseInstantText(value: unknown, subject: string): string {
  if (typeof value !== 'string') return refuse(subject, 'an instant such as 2026-01-01T00:00:00Z', value);
  try {
    parseInstant(value);
    return value;
  } catch (error) {
    throw new ConfigError(`${subject}: ${toMessage(error)}`);
  }
}

function parseInteger(value: unknown, range: Setting['range']): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return undefined;
  return range && (number < range[0] || number > range[1]) ? undefined : number;
}

function toWholeNumber(range: Setting['range']): string {
  return range ? `a whole number from ${range[0]} to ${range[1]}` : 'a whole number';
}

/** The first and last port of text such as 4700-4799. */
export function parsePorts(text: string): readonly [from: number, to: number] | undefined {
  const [from = 0, to = 0] = (/^([1-9]\d{0,4})-([1-9]\d{0,4})$/.exec(text) ?? []).slice(1).map(Number);
  return from > 0 && from <= to && to <= PORTS[1] ? [from, to] : undefined;
}

export function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : undefined;
}

/** Parses a list, or text with commas. The items of a list may contain commas too. */
function parseList(value: unknown): readonly string[] | undefined {
  const written: unknown[] = Array.isArray(value) ? value : [value];
  if (!written.every((item) => typeof item === 'string')) return undefined;
  const items = written
    .flatMap((item) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length === 0 && written.length > 0 ? undefined : items;
}

/** Parses an HTTP URL, without a trailing slash. */
function parseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(value);
  const isPlain = /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
  return isPlain ? `${origin}${pathname.replace(/\/$/, '')}` : undefined;
}

function parseOrigins(value: unknown): readonly string[] | undefined {
  const written = parseList(value);
  const origins = written?.map(parseOrigin).filter((origin) => origin !== undefined);
  return origins?.length === written?.length ? origins : undefined;
}

function parseTargets(value: unknown): readonly string[] | undefined {
  const written = parseList(value);
  return written?.every((one) => parseTarget(one)) ? written : undefined;
}

function parseOneOf(values: readonly string[], value: unknown): string | undefined {
  return typeof value === 'string' && values.includes(value) ? value : undefined;
}

const PREFIX = 'CREDITS_EMULATOR_';
/** A variable that our image sets. */
export const IN_IMAGE = 'CREDITS_EMULATOR_IMAGE';
/** Variables that `env` prints or other verbs read; they are not settings. */
const NOT_SETTINGS = new Set(['CREDITS_EMULATOR_URL', 'CREDITS_EMULATOR_SANDBOX', 'CREDITS_EMULATOR_CONFIG', IN_IMAGE]);
/** Variables that container platforms set for a service named credits-emulator. */
const PLATFORM_VARIABLE = /^CREDITS_EMULATOR_(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))/;
const PLATFORM_VALUE = /^(tcp|udp|sctp):\/\//;

/** Reads the settings in the environment, by flag name. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || NOT_SETTINGS.has(variable) || value === undefined || value === '') continue;
    if (PLATFORM_VARIABLE.test(variable) || PLATFORM_VALUE.test(value)) continue;
    const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
    const negated = NEGATED.exec(name)?.[1];
    if (negated === undefined) settings[name] = value;
    else settings[negated] = toNegation(value);
  }
  return settings;
}

/** Negations of switches that are on by default. */
const NEGATED = /^no-(provider-ports|request-faults)$/;

/** Leaves any other value as it is, so that it is refused. */
function toNegation(value: string): string {
  const parsed = parseBoolean(value);
  return parsed === undefined ? value : String(!parsed);
}

export function toVariable(name: string): string {
  return PREFIX + name.toUpperCase().replaceAll('-', '_');
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]+\/?$/i;

/**
 * Spells an origin as browsers do: "HTTP://LocalHost:3000/" becomes "http://localhost:3000". Returns `undefined` for
 * text that is not an origin. The origin of a page from a file is "null".
 */
function parseOrigin(written: string): string | undefined {
  if (written.toLowerCase() === 'null') return 'null';
  if (!ORIGIN.test(written) || !URL.canParse(written)) return undefined;
  const { origin } = new URL(written);
  // Node says "null" for schemes outside the web's standard, such as those of browser extensions.
  return origin === 'null' ? written.toLowerCase().replace(/\/$/, '') : origin;
}
