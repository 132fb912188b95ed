import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

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

/** What the package's YAML files came to, as JSON text. Files of others may change while the process runs. */
const texts = new Map<string, Promise<string>>();

/**
 * Reads one of the package's YAML files. Built code reads the JSON that `scripts/build.ts` made of it,
 * which spares a start the YAML parser (about 30 ms); code as it is written parses it once a process.
 */
export async function readBundled(file: URL): Promise<unknown> {
  const isOwn = file.href.startsWith(PACKAGE.href);
  if (BUILT && isOwn) {
    const path = file.href.slice(PACKAGE.href.length).replace(/\.yaml$/, '.json');
    return JSON.parse(readFileSync(toBundledUrl(`dist/${path}`), 'utf8')) as unknown;
  }
  if (!isOwn) return parseFile(file);
  const text = texts.get(file.href) ?? parseFile(file).then((content) => JSON.stringify(content));
  texts.set(file.href, text);
  return JSON.parse(await text) as unknown;
}

async function parseFile(file: URL): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(await readFile(file, 'utf8')) as unknown;
}
