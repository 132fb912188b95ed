import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { ConfigError, parseSettings, readEnvironment, toVariable, type EmulatorOptions } from './config.ts';
import { readFileSource } from './fixtures.ts';

const CONFIG_FILES = ['yaml', 'yml', 'json'].map((extension) => `credits-emulator.config.${extension}`);

export interface SettingSources {
  /** By flag name; `undefined` for those that were not given. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file named by `--config`; without it the one in the working folder, if there is one. */
  readonly file?: string | undefined;
}

/** Flags beat the environment, which beats the file. @throws {ConfigError} */
export async function resolveSettings({ flags, environment, file }: SettingSources): Promise<EmulatorOptions> {
  const path = file ?? environment['CREDITS_EMULATOR_CONFIG'] ?? CONFIG_FILES.find((name) => existsSync(resolve(name)));
  return {
    ...(path === undefined ? undefined : parseSettings(await readConfigFile(path), (name) => `${path}: ${name}`)),
    ...parseSettings(readEnvironment(environment), toVariable),
    ...parseSettings(flags, (name) => `--${name}`),
  };
}

async function readConfigFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { content } = await readFileSource(path);
  if (content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw new ConfigError(`${path}: Settings are a mapping.`);
  // The file spells settings as the library does: logLevel, not log-level.
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`), value]),
  );
}
