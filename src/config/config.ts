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

/** Settings that affect new sandboxes only. */
const BEGINNING = ['fixtures', 'randomSeed', 'clock', 'faults'] as const;
/** The highest place of a bundled provider. */
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
  /** The folder of the certificates; `undefined`: each start makes new ones. */
  readonly httpsFolder: string | undefined;
  readonly providers: readonly Provider[];
  /** For each known provider, its port minus the shared port. */
  readonly places: ReadonlyMap<string, number>;
  readonly fixtures: readonly Fixture[];
  /** Whether fixture files are loaded again when they change. */
  readonly watch: boolean;
  /** The given settings that affect new sandboxes only, spelled as flags. */
  readonly beginning: readonly string[];
  /** The folder that stores state on disk, if any. */
  readonly data: string | undefined;
  readonly durability: Durability;
  readonly resetData: boolean;
  readonly randomSeed: number | undefined;
  readonly clock: Instant | undefined;
  readonly options: Readonly<Record<string, Readonly<Record<string, AnyOptionValue>>>>;
  /** As they were written. */
  readonly set: readonly string[];
  /** Whether every exchange is recorded, for bundles. */
  readonly record: boolean;
  readonly faults: readonly string[];
  readonly requestFaults: boolean;
  readonly strict: boolean;
  readonly explain: boolean;
  readonly control: 'on' | 'off' | number;
  readonly controlToken: string | undefined;
  /** Spelled as browsers do. */
  readonly allowOrigin: readonly string[];
  readonly allowHost: readonly string[];
  /** Targets that webhooks may go to, in addition to loopback and private addresses. */
  readonly allowTarget: readonly AllowlistEntry[];
  /** Whether webhooks are never sent; for an emulator that is compared with a real service. */
  readonly isMute?: boolean;
  readonly journalSize: number;
  readonly bodyLimit: number | undefined;
  readonly historyBytes: number;
  readonly maxSandboxes: number;
  /** The range for sandboxes with ports of their own; `undefined`: free ports. */
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
  const isOwn = (one: unknown): boolean => typeof one !== 'string' && !ours.some((provider) => provider === one);
  const own = parseProviders([...imported, ...(options.providers ?? [])].filter(isOwn));
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
  if (options.httpsFolder !== undefined && options.https !== true)
    throw new ConfigError('https-folder requires https.');
  return Object.freeze(config);
}

/** Checks the options' types, for users without a compiler. */
export function parseOptions({ providers, fixtures, ...options }: EmulatorOptions): EmulatorOptions {
  // `parseFixtures` checks fixtures that are values.
  const names = Array.isArray(fixtures) ? fixtures.filter((one) => !isPlainObject(one)) : fixtures;
  const others = { ...options, fixtures: names };
  const written = Object.fromEntries(Object.entries(others).map(([name, value]) => [toFlagName(name), value]));
  const parsed = parseSettings(written, { spell: toOptionName });
  if (providers === undefined) return parsed;
  if (Array.isArray(providers) && providers.length > 0) return { ...parsed, providers };
  throw new ConfigError('providers must be a list with at least one provider.');
}

/** Copies values. Errors name their index in the option. @throws {ConfigError} */
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
    throw new ConfigError(
      `${id} would need port ${own}, which does not exist. Use a lower --port, or --no-provider-ports.`,
    );
  }
}

/** Refuses settings about a folder without that folder. */
function assertFolder({ data, durability, resetData }: EmulatorOptions): void {
  if (data !== undefined) return;
  const stray = durability === undefined ? resetData === true && 'reset-data' : 'durability';
  if (stray) throw new ConfigError(`${stray} requires data, the folder that stores state.`);
}

/** Checks providers from outside; tests check the bundled ones. */
function parseProviders(values: readonly unknown[]): readonly Provider[] {
  const mistakes = values.flatMap(findProviderMistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return values.filter(isProvider);
}

const PROVIDER_ID = /^[a-z][a-z0-9]*$/;
/** Names with another meaning in fixtures, paths and documents. */
const RESERVED_IDS = new Set(['emulator', 'extends', 'clock', 'faults']);

/** Places providers from outside after the bundled ones. */
function toPlaces(known: readonly Bundled[], own: readonly Provider[]): ReadonlyMap<string, number> {
  const places = new Map(known.map(({ provider, place }) => [provider.id, place]));
  let last = Math.max(LAST_PLACE, ...places.values());
  for (const { id } of own) {
    if (places.has(id)) throw new ConfigError(`Two providers have the id "${id}". Rename one of them.`);
    if (!PROVIDER_ID.test(id) || RESERVED_IDS.has(id))
      throw new ConfigError(`"${id}" is reserved and cannot be the id of a provider.`);
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

/** Returns `undefined` for text that is not a value of the option. */
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
