/**
 * Turns the bundled YAML files into JSON beside the built code, so that a start does not load
 * the YAML parser. `core/document.ts` reads what this writes.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { parse } from 'yaml';

const ROOT = new URL('../', import.meta.url);

for (const folder of ['specs', 'fixtures']) {
  const from = new URL(`${folder}/`, ROOT);
  const to = new URL(`dist/${folder}/`, ROOT);
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml'))) {
    const content: unknown = parse(readFileSync(new URL(file, from), 'utf8'));
    writeFileSync(new URL(file.replace(/\.yaml$/, '.json'), to), JSON.stringify(content));
  }
}
