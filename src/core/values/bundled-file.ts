import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type * as Yaml from 'yaml';

const PACKAGE = findPackage(new URL('.', import.meta.url));

/** The folder of the package: the built code may be bundled, so its depth tells nothing. */
function findPackage(folder: URL): URL {
  const parent = new URL('..', folder);
  if (existsSync(new URL('package.json', folder)) || parent.href === folder.href) return folder;
  return findPackage(parent);
}

/** One of the package's own files, by its path in it. */
export function toBundledUrl(path: string): URL {
  return new URL(path, PACKAGE);
}

/** Whether this code is built; then the build has made JSON of the YAML files. */
const BUILT = import.meta.url.startsWith(toBundledUrl('dist/').href);

/** What the package's YAML files came to, as JSON text. */
const texts = new Map<string, string>();

/** Reads a YAML file: at once and as `readOwn` does where it is one of the package's own. Files of others may change. */
export async function readBundled(file: URL): Promise<unknown> {
  if (file.href.startsWith(PACKAGE.href)) return readOwn(file);
  const { parse } = await import('yaml');
  return parse(await readFile(file, 'utf8')) as unknown;
}

/**
 * Reads one of the package's YAML files. Built code reads the JSON that `scripts/build.ts` made of it,
 * which spares a start the YAML parser (about 30 ms); code as it is written parses it once a process.
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

/** What the build has found out and written as JSON; `undefined` for code as it is written. */
export function readBuilt(path: string): unknown {
  return BUILT ? (JSON.parse(readFileSync(toBundledUrl(`dist/${path}`), 'utf8')) as unknown) : undefined;
}
