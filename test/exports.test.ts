import { readdirSync, readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

/** What a provider from outside has from elsewhere: a URL of its own file. */
const ELSEWHERE = new Set(['values/bundled-file.ts toBundledUrl']);

/** `module name` of everything that a file takes from core, or gives on. */
function listNames(file: string, word: 'import' | 'export'): readonly string[] {
  const statements = new RegExp(`${word} (?:type )?\\{([^}]*)\\} from '[./]*/core/([^']+)'`, 'g');
  return [...readFileSync(file, 'utf8').matchAll(statements)].flatMap(([, names = '', module = '']) =>
    names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/ as .*$/, ''),
      )
      .filter((name) => name !== '')
      .map((name) => `${module} ${name}`),
  );
}

it('lets a provider from outside have all that the bundled ones have', () => {
  const files = readdirSync('src/providers', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const needed = files.flatMap((file) => listNames(`src/providers/${file}`, 'import'));
  expect(needed.length).toBeGreaterThan(100);
  const exported = new Set(listNames('src/index.ts', 'export'));
  const whole = [...readFileSync('src/index.ts', 'utf8').matchAll(/export \* as \w+ from '\.\/core\/([^']+)'/g)].map(
    ([, module]) => module,
  );
  const missing = needed.filter(
    (name) => !exported.has(name) && !ELSEWHERE.has(name) && !whole.includes(name.split(' ')[0]),
  );
  expect([...new Set(missing)]).toEqual([]);
});
