import { join } from 'node:path';

import { ConfigError } from '../core/values/config-error.ts';
import { parseInstant, type Instant } from '../core/values/clock.ts';
import { parseDuration } from '../core/values/duration.ts';
import type { Provider } from '../core/provider/provider.ts';
import type { AnyOptionValue, OptionDefinition, OptionDefinitions } from '../core/provider/options.ts';
import { findProviderMistakes, isProvider } from '../core/provider/provider-check.ts';
import { toVariant } from '../core/provider/variant.ts';
import { suggest } from '../core/values/nearest.ts';
import { parseTarget, type AllowlistEntry } from '../core/values/allowlist.ts';
import { quote } from '../core/values/quotation.ts';
import { toSource } from '../fixtures/source.ts';
import type { Fixture } from '../fixtures/worlds.ts';
import type { Bundled } from '../providers/index.ts';
import { parsePorts, parseSettings, toFlagName, toOptionName } from './setting-values.ts';
import type { Durability, EmulatorOptions } from './options.ts';

export { ConfigError };

/** What says how a sandbox begins, and nothing of one that is there. */
const BEGINNING = ['fixtures', 'randomSeed', 'clock', 'faults'] as const;
/** Bundled providers have the places up to here. */
const LAST_PLACE = 5;
const LAST_PORT = 65_535;

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly providerPorts: boolean;
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
  readonly trustProxy: boolean;
  readonly https: boolean;
  /** Where its certificates are kept; `undefined` where each start has new ones. */
  readonly httpsFolder: string | undefined;
  readonly providers: readonly Provider[];
  /** How far the port of each known provider lies behind the shared one. */
  readonly places: ReadonlyMap<string, number>;
  readonly fixtures: readonly Fixture[];
  /** Whether files of fixtures are loaded again when they change. */
  readonly watch: boolean;
  /** Those settings that were given of the ones that say how a sandbox begins, as the command line spells them. */
  readonly beginning: readonly string[];
  /** Where state is kept on disk, if anywhere. */
  readonly data: string | undefined;
  readonly durability: Durability;
  readonly resetData: boolean;
  readonly randomSeed: number | undefined;
  readonly clock: Instant | undefined;
  readonly options: Readonly<Record<string, Readonly<Record<string, AnyOptionValue>>>>;
  /** As they were written. */
  readonly set: readonly string[];
  /** Whether all that happens is kept, so that it can be repeated. */
  readonly record: boolean;
  readonly faults: readonly string[];
  readonly requestFaults: boolean;
  readonly strict: boolean;
  readonly explain: boolean;
  readonly control: 'on' | 'off' | number;
  readonly controlToken: string | undefined;
  /** As browsers name them. */
  readonly allowOrigin: readonly string[];
  readonly allowHost: readonly string[];
  /** That webhooks may be sent to, beside loopback and private addresses. */
  readonly allowTarget: readonly AllowlistEntry[];
  /** Whether no webhook is sent, whatever state is put in: of an emulator that stands beside another service. */
  readonly isMute?: boolean;
  readonly journalSize: number;
  readonly bodyLimit: number | undefined;
  readonly historyBytes: number;
  readonly maxSandboxes: number;
  /** The first and the last of those that sandboxes may have of their own; `undefined` for free ones. */
  readonly listenPorts: readonly [from: number, to: number] | undefined;
  /** Milliseconds. */
  readonly sandboxIdle: number | undefined;
}

/**
 * Checks and completes the options.
 *
 * @param imported what the files of `provider` export
 * @throws {ConfigError}
 */
export function toConfig(given: EmulatorOptions, known: readonly Bundled[], imported: readonly unknown[] = []): Config {
  const options = parseOptions(given);
  const ours = known.map(({ provider }) => provider);
  const own = parseProviders([...imported, ...(options.providers ?? [])].filter((one) => !isNamedOrOurs(one, ours)));
  const places = toPlaces(known, own);
  const all = [...ours, ...own];
  const chosen =
    options.providers?.map((provider) => (typeof provider === 'object' ? provider : getProvider(provider, all))) ?? all;
  const providerOptions = toProviderOptions(options.set ?? [], chosen, all);
  const config: Config = {
    port: options.port ?? 4620,
    host: options.host ?? '127.0.0.1',
    providerPorts: options.providerPorts ?? true,
    publicUrl: options.publicUrl,
    trustProxy: options.trustProxy ?? false,
    https: options.https ?? false,
    httpsFolder: options.httpsFolder ?? (options.data === undefined ? undefined : join(options.data, 'https')),
    providers: [...new Set(chosen)].map((provider) => toVariant(provider, providerOptions[provider.id] ?? {})),
    places,
    fixtures: given.fixtures?.length ? parseFixtures(given.fixtures) : ['default'],
    watch: options.watch ?? false,
    beginning: BEGINNING.filter((name) => given[name] !== undefined).map(toFlagName),
    data: options.data,
    durability: options.durability ?? 'fsync',
    resetData: options.resetData ?? false,
    randomSeed: options.randomSeed,
    clock: options.clock === undefined ? undefined : parseInstant(options.clock),
    options: providerOptions,
    set: options.set ?? [],
    record: options.record ?? false,
    faults: options.faults ?? [],
    requestFaults: options.requestFaults ?? true,
    strict: options.strict ?? false,
    explain: options.explain ?? false,
    control: options.control ?? 'on',
    controlToken: options.controlToken,
    allowOrigin: options.allowOrigin ?? [],
    allowHost: options.allowHost?.map((host) => host.toLowerCase()) ?? [],
    allowTarget: (options.allowTarget ?? []).map(parseTarget).filter((target) => target !== undefined),
    journalSize: options.journalSize ?? 1000,
    bodyLimit: options.bodyLimit,
    historyBytes: options.historyBytes ?? 33_554_432,
    maxSandboxes: options.maxSandboxes ?? 10_000,
    listenPorts: options.listenPorts === undefined ? undefined : parsePorts(options.listenPorts),
    sandboxIdle: options.sandboxIdle === undefined ? undefined : parseDuration(String(options.sandboxIdle)),
  };
  assertPorts(config);
  assertFolder(options);
  assertHttps(options);
  return Object.freeze(config);
}

/** Those who write JavaScript have no compiler that tells. */
export function parseOptions({ providers, fixtures, ...options }: EmulatorOptions): EmulatorOptions {
  // What is a value is looked at by `parseFixtures`.
  const names = Array.isArray(fixtures) ? fixtures.filter((one) => !isPlainObject(one)) : fixtures;
  const others = { ...options, fixtures: names };
  const written = Object.fromEntries(Object.entries(others).map(([name, value]) => [toFlagName(name), value]));
  const parsed = parseSettings(written, { spell: toOptionName });
  if (providers === undefined) return parsed;
  if (Array.isArray(providers) && providers.length > 0) return { ...parsed, providers };
  throw new ConfigError('providers must be a list with at least one provider in it.');
}

/** Values are copied, and told by their place in the option. @throws {ConfigError} */
export function parseFixtures(written: NonNullable<EmulatorOptions['fixtures']>): readonly Fixture[] {
  return [written]
    .flat()
    .flatMap((one, index): readonly Fixture[] =>
      typeof one === 'string'
        ? (parseOptions({ fixtures: [one] }).fixtures as readonly string[])
        : [toSource(one, `fixtures[${index}]`)],
    );
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function assertPorts({ port, providerPorts, providers, places }: Config): void {
  if (port === 0 || !providerPorts) return;
  for (const { id } of providers) {
    const own = port + (places.get(id) ?? 0);
    if (own <= LAST_PORT) continue;
    throw new ConfigError(`There is no port ${own} for ${id}. Start with a lower --port, or with --no-provider-ports.`);
  }
}

/** What says how a folder is used needs one. */
function assertFolder({ data, durability, resetData }: EmulatorOptions): void {
  if (data !== undefined) return;
  const stray = durability === undefined ? resetData === true && 'reset-data' : 'durability';
  if (stray) throw new ConfigError(`${stray} goes with data, which says in which folder state is kept.`);
}

function assertHttps({ https, httpsFolder }: EmulatorOptions): void {
  if (httpsFolder === undefined || https === true) return;
  throw new ConfigError('https-folder goes with https, whose certificates it keeps.');
}

function isNamedOrOurs(one: unknown, ours: readonly Provider[]): boolean {
  return typeof one === 'string' || ours.some((provider) => provider === one);
}

/** Providers from outside; the tests check the bundled ones. */
function parseProviders(values: readonly unknown[]): readonly Provider[] {
  const mistakes = values.flatMap(findProviderMistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return values.filter(isProvider);
}

const PROVIDER_ID = /^[a-z][a-z0-9]*$/;
/** What fixtures, paths and documents call something else. */
const RESERVED_IDS = new Set(['emulator', 'extends', 'clock', 'faults']);

/** Those from outside come behind all that have a place of their own. */
function toPlaces(known: readonly Bundled[], own: readonly Provider[]): ReadonlyMap<string, number> {
  const places = new Map(known.map(({ provider, place }) => [provider.id, place]));
  let last = Math.max(LAST_PLACE, ...places.values());
  for (const { id } of own) {
    if (places.has(id)) throw new ConfigError(`There are two providers "${id}".`);
    if (!PROVIDER_ID.test(id) || RESERVED_IDS.has(id)) throw new ConfigError(`A provider cannot be called "${id}".`);
    places.set(id, (last += 1));
  }
  return places;
}

function getProvider(id: string, all: readonly Provider[]): Provider {
  const provider = all.find((candidate) => candidate.id === id);
  if (provider) return provider;
  const ids = all.map((candidate) => candidate.id);
  throw new ConfigError(`There is no provider ${quote(id)}${suggest(id, ids)} Known: ${ids.join(', ')}.`);
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
      throw new ConfigError(`set takes provider.option=value, got ${quote(assignment)}.`);
    }
    const { options } = getProvider(id, all);
    const definition = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!definition) {
      throw new ConfigError(`${id} has no option ${quote(name)}${suggest(name, Object.keys(options))}`);
    }
    const parsed = parseOption(definition, value);
    if (parsed === undefined) {
      throw new ConfigError(`${id}.${name} must be ${toExpectation(definition)}, got ${quote(value)}.`);
    }
    const own = values[id];
    if (own) own[name] = parsed.value;
  }
  return values;
}

function toDefaults(options: OptionDefinitions): Record<string, AnyOptionValue> {
  return Object.fromEntries(Object.entries(options).map(([name, definition]) => [name, definition.default]));
}

/** `undefined` for a text that is no value of the option. */
function parseOption(definition: OptionDefinition, text: string): { readonly value: AnyOptionValue } | undefined {
  switch (definition.kind) {
    case 'boolean':
      return text === 'true' || text === 'false' ? { value: text === 'true' } : undefined;
    case 'oneOf':
      return definition.values.includes(text) ? { value: text } : undefined;
    case 'integer':
      return parseWhole(text, definition.minimum);
    case 'duration':
      return parseOptionDuration(text);
    case 'rate':
      return text === 'off' ? { value: undefined } : parseRate(text);
  }
}

function parseWhole(text: string, minimum = -Infinity): { readonly value: number } | undefined {
  return /^-?\d{1,15}$/.test(text) && Number(text) >= minimum ? { value: Number(text) } : undefined;
}

function parseOptionDuration(text: string): { readonly value: number } | undefined {
  try {
    return { value: parseDuration(text) };
  } catch {
    return undefined;
  }
}

function parseRate(text: string): { readonly value: AnyOptionValue } | undefined {
  const [, limit, duration = ''] = /^([1-9]\d{0,8})\/(.+)$/.exec(text) ?? [];
  const window = parseOptionDuration(duration)?.value ?? 0;
  return limit !== undefined && window > 0 ? { value: { limit: Number(limit), window } } : undefined;
}

function toExpectation(definition: OptionDefinition): string {
  switch (definition.kind) {
    case 'boolean':
      return 'true or false';
    case 'oneOf':
      return `one of ${definition.values.join(', ')}`;
    case 'integer':
      return definition.minimum === undefined ? 'a whole number' : `a whole number of at least ${definition.minimum}`;
    case 'duration':
      return 'a duration such as PT30S';
    case 'rate':
      return 'a number of requests in a duration, such as 100/PT1M, or off';
  }
}
