import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { toMessage } from '../core/values/message.ts';
import type { Bundled } from '../providers/index.ts';
import { ConfigError } from '../core/values/config-error.ts';
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
    throw new ConfigError(`The provider "${file}" cannot be imported: ${toReason(error, file)}`);
  }
}

/** What it means that the library is missing, or that a module was taken for CommonJS, is told. */
function toReason(error: unknown, file: string): string {
  const message = toMessage(error);
  if (message.startsWith("Cannot find package 'credits-emulator'")) {
    return `${message}. Install the library where the provider lies: npm install credits-emulator`;
  }
  if (error instanceof SyntaxError && file.endsWith('.js') && TAKEN_FOR_COMMONJS.test(message)) {
    return `${message}. It is an ES module: name it .mjs, or set "type": "module" in ${findPackageFile(file)}`;
  }
  return message;
}

const TAKEN_FOR_COMMONJS =
  /^(?:Cannot use (?:import statement|'import\.meta') outside a module|Unexpected token 'export'|await is only valid in)/;

/** The one by which Node decides what a file is; where there is none, the one that would have to be made. */
function findPackageFile(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = join(folder, 'package.json');
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return join(dirname(file), 'package.json');
  }
}

function isIdentified(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'id' in value;
}
