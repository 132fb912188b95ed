import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type * as Yaml from 'yaml';

const PACKAGE = findPackage(new URL('.', import.meta.url));

/** Finds the folder of the package. Built code is bundled, so its depth in the folder is not fixed. */
function findPackage(folder: URL): URL {
  const parent = new URL('..', folder);
  if (existsSync(new URL('package.json', folder)) || parent.href === folder.href) return folder;
  return findPackage(parent);
}

/** The URL of one of the package's own files. */
export function toBundledUrl(path: string): URL {
  return new URL(path, PACKAGE);
}

/** Whether this code is built, so that the YAML files exist as JSON. */
const BUILT = import.meta.url.startsWith(toBundledUrl('dist/').href);

/** The package's YAML files as JSON text. */
const texts = new Map<string, string>();

/** Reads a YAML file. `readOwn` reads the package's own files; other files may change, so they are read each time. */
export async function readBundled(file: URL): Promise<unknown> {
  if (file.href.startsWith(PACKAGE.href)) return readOwn(file);
  const { parse } = await import('yaml');
  return parse(await readFile(file, 'utf8')) as unknown;
}

/**
 * Reads one of the package's YAML files. Built code reads the JSON that `scripts/build.ts` made, which saves a start
 * the YAML parser (about 30 ms). Source code parses the file once in a process.
 */
export function readOwn(file: URL): unknown {
  if (BUILT) {
    const path = file.href.slice(PACKAGE.href.length).replace(/\.yaml$/, '.json');
    return JSON.parse(readFileSync(toBundledUrl(`dist/${path}`), 'utf8')) as unknown;
  }
  let text = texts.get(file.href);
  if (text === undefined) {
    const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
    text = JSON.stringify(parse(readFileSync(file, 'utf8')));
    texts.set(file.href, text);
  }
  return JSON.parse(text) as unknown;
}

/** Reads a JSON file that the build wrote; `undefined` if this is source code. */
export function readBuilt(path: string): unknown {
  return BUILT ? (JSON.parse(readFileSync(toBundledUrl(`dist/${path}`), 'utf8')) as unknown) : undefined;
}
