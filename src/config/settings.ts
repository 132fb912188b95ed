import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { ConfigError } from '../core/values/config-error.ts';
import type { EmulatorOptions } from './options.ts';
import { toFixtureName } from '../fixtures/worlds.ts';
import { IN_IMAGE, parseSettings, readEnvironment, toFlagName, toOptionName, toVariable } from './setting-values.ts';
import { readFileSource } from '../fixtures/source.ts';

const CONFIG_FILES = ['yaml', 'yml', 'json'].map((extension) => `credits-emulator.config.${extension}`);

export interface SettingSources {
  /** Values by flag name; `undefined` for flags that were not given. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file named by `--config`. Default: the one in the working folder, if it exists. */
  readonly file?: string | undefined;
  /** The folder on which fixtures are mounted in our image. */
  readonly mounted?: string;
}

/** Flags override the environment, which overrides the file, which overrides the defaults of our image. @throws {ConfigError} */
export async function resolveSettings({
  flags,
  environment,
  file,
  mounted = MOUNTED,
}: SettingSources): Promise<EmulatorOptions> {
  // An empty variable counts as not set.
  const given = (variable: string): string | undefined =>
    environment[variable] === '' ? undefined : environment[variable];
  const path = file ?? given('CREDITS_EMULATOR_CONFIG') ?? CONFIG_FILES.find((name) => existsSync(resolve(name)));
  const options: EmulatorOptions = {
    ...(path === undefined ? undefined : await readConfigFile(path)),
    // Many platforms set PORT; our own variable overrides it.
    ...parseSettings({ port: given('PORT') }, { spell: () => 'PORT' }),
    ...parseSettings(readEnvironment(environment), { spell: toVariable }),
    ...parseSettings(flags, { spell: (name) => `--${name}` }),
  };
  return given(IN_IMAGE) === undefined ? options : { ...findImageSettings(options, mounted), ...options };
}

/** Reads settings spelled as in the library (logLevel) or as flags (log-level). */
async function readConfigFile(path: string): Promise<EmulatorOptions> {
  const source = await readFileSource(path);
  const { content } = source;
  if (content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigError(`${source.locate([])}: A config file must be a mapping of settings.`);
  }
  const entries = Object.entries(content) as [string, unknown][];
  const keys = new Map(entries.map(([key]) => [toFlagName(key), key]));
  const options = parseSettings(Object.fromEntries(entries.map(([key, value]) => [toFlagName(key), value])), {
    spell: toOptionName,
    locate: (name) => `${source.locate([keys.get(name) ?? name])}: `,
  });
  const { provider, fixtures, faults } = options;
  const beside = (file: string): string => resolve(dirname(path), file);
  return {
    ...options,
    ...(provider && { provider: provider.map(beside) }),
    ...(fixtures && {
      fixtures: fixtures.map((name) => (typeof name === 'string' ? toFixtureName(name, dirname(path)) : name)),
    }),
    ...(faults && { faults: faults.map(beside) }),
  };
}

/** The folder in a container on which users mount their fixtures. */
const MOUNTED = '/fixtures';
/** Files in that folder that are not fixtures: settings, and the schema for editors. */
const NO_FIXTURE = /^credits-emulator\.config\.|^schema\.json$/;
/** Long enough for any suite, short enough that a machine that runs for weeks does not fill up. */
const IDLE = 'PT1H';

/**
 * Returns the defaults of our image.
 *
 * @param given options from flags, environment and file
 * @param mounted folder whose YAML and JSON files are the fixtures, in the order of their names
 */
function findImageSettings(given: EmulatorOptions, mounted: string): EmulatorOptions {
  const files = given.fixtures === undefined ? listFixtures(mounted) : [];
  return {
    ...(files.length > 0 && { fixtures: files }),
    ...(given.data === undefined && given.sandboxIdle === undefined && { sandboxIdle: IDLE }),
  };
}

function listFixtures(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.(ya?ml|json)$/.test(name) && !NO_FIXTURE.test(name))
    .sort()
    .map((name) => join(folder, name));
}
