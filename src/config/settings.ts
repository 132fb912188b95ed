import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { ConfigError } from '../core/values/config-error.ts';
import { findImageSettings, MOUNTED } from './image-settings.ts';
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
