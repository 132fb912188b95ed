import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { toMessage } from '../core/values/message.ts';
import type { Bundled } from '../providers/index.ts';
import { ConfigError } from '../core/values/config-error.ts';
import { parseOptions, toConfig, type Config } from './config.ts';
import type { EmulatorOptions } from './options.ts';

/** Imports the provider files that the options name, then checks and completes the options. @throws {ConfigError} */
export async function readConfig(given: EmulatorOptions, known: readonly Bundled[]): Promise<Config> {
  const { provider: files = [] } = parseOptions(given);
  const imported = await Promise.all([...new Set(files.map((file) => resolve(file)))].map(importProvider));
  return toConfig(given, known, imported);
}

/** Returns what a module exports as its provider; `toConfig` checks it. */
async function importProvider(file: string): Promise<unknown> {
  if (!existsSync(file)) throw new ConfigError(`The provider file "${file}" does not exist.`);
  const exported = await importModule(file);
  if (exported['default'] !== undefined) return exported['default'];
  const candidates = Object.entries(exported).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && 'id' in value ? [name] : [],
  );
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return exported[only];
  const names = Object.keys(exported).join(', ') || 'nothing';
  throw new ConfigError(
    only === undefined
      ? `"${file}" exports ${names}, but no provider. Export the result of defineProvider.`
      : `"${file}" exports ${candidates.length} providers (${candidates.join(', ')}). Make one the default export.`,
  );
}

/** Milliseconds. Without a limit, Node would end as soon as nothing else keeps it alive, without a word. */
const LONGEST_IMPORT = 10_000;

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error('it is not done after 10 s; its top level may wait for something that never happens.'));
      }, LONGEST_IMPORT);
    });
    return { ...(await Promise.race([import(pathToFileURL(file).href) as Promise<object>, late])) };
  } catch (error) {
    throw new ConfigError(`The provider "${file}" cannot be imported: ${toReason(error, file)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Explains two frequent errors: a missing library, and an ES module loaded as CommonJS. */
function toReason(error: unknown, file: string): string {
  const message = toMessage(error);
  if (message.startsWith("Cannot find package 'credits-emulator'")) {
    return `${message}. Install the library next to the provider: npm install credits-emulator`;
  }
  if (error instanceof SyntaxError && file.endsWith('.js') && TAKEN_FOR_COMMONJS.test(message)) {
    return `${message}. It is an ES module: name it .mjs, or set "type": "module" in ${findPackageFile(file)}`;
  }
  return message;
}

const TAKEN_FOR_COMMONJS =
  /^(?:Cannot use (?:import statement|'import\.meta') outside a module|Unexpected token 'export'|await is only valid in)/;

/** The package.json by which Node decides the type of a file; if none exists, the one to create. */
function findPackageFile(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = join(folder, 'package.json');
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return join(dirname(file), 'package.json');
  }
}
