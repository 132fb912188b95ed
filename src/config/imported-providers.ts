import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { toMessage } from '../core/values/message.ts';
import type { Bundled } from '../providers/index.ts';
import { ConfigError } from './config-error.ts';
import { parseOptions, toConfig, type Config } from './config.ts';
import type { EmulatorOptions } from './options.ts';

/** Imports the providers that the options name by their files, and checks and completes the options. @throws {ConfigError} */
export async function readConfig(given: EmulatorOptions, known: readonly Bundled[]): Promise<Config> {
  const { provider: files = [] } = parseOptions(given);
  const imported = await Promise.all([...new Set(files.map((file) => resolve(file)))].map(importProvider));
  return toConfig(given, known, imported);
}

/** What a module exports as its provider; whether it is one is found out with all others. */
async function importProvider(file: string): Promise<unknown> {
  if (!existsSync(file)) throw new ConfigError(`There is no file "${file}".`);
  const exported = await importModule(file);
  if (exported['default'] !== undefined) return exported['default'];
  const candidates = Object.keys(exported).filter((name) => isIdentified(exported[name]));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return exported[only];
  const names = Object.keys(exported).join(', ') || 'nothing';
  throw new ConfigError(
    only === undefined
      ? `"${file}" exports no provider. It exports ${names}; export what defineProvider gives.`
      : `"${file}" exports ${candidates.length} providers (${candidates.join(', ')}); make one of them the default.`,
  );
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return { ...((await import(pathToFileURL(file).href)) as object) };
  } catch (error) {
    throw new ConfigError(`The provider "${file}" cannot be imported: ${toReason(error)}`);
  }
}

/** What it means that the library is missing is told. */
function toReason(error: unknown): string {
  const message = toMessage(error);
  if (!message.startsWith("Cannot find package 'credits-emulator'")) return message;
  return `${message}. Install the library where the provider lies: npm install credits-emulator`;
}

function isIdentified(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'id' in value;
}
