import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundled } from '../src/providers/index.ts';

const SOURCES = listFiles('src').filter((file) => file.endsWith('.ts') && !file.endsWith('types.ts'));
const IDS = bundled.map(({ provider }) => provider.id);

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}

function importsOf(file: string): readonly string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, name]) => name ?? '');
}

function whoImports(library: string): readonly string[] {
  return SOURCES.filter((file) => importsOf(file).includes(library)).sort();
}

describe('layers', () => {
  it('keep the names of providers out of core, http, control and cli', () => {
    const shared = SOURCES.filter((file) => /^src\/(core|http|control|cli)\//.test(file));
    const leaks = shared.filter((file) => IDS.some((id) => new RegExp(`\\b${id}\\b`, 'i').test(withoutExamples(file))));
    expect(leaks).toEqual([]);
  });

  it('let core import nothing of ours but core', () => {
    const core = SOURCES.filter((file) => file.startsWith('src/core/'));
    expect(core.filter((file) => importsOf(file).some((name) => name.startsWith('../')))).toEqual([]);
  });

  it('let a provider import core and itself only', () => {
    for (const id of IDS) {
      const own = SOURCES.filter((file) => file.startsWith(`src/providers/${id}/`));
      const foreign = own.flatMap((file) =>
        importsOf(file).filter((name) => {
          const path = new URL(name, `file:///${file}`).pathname;
          return name.startsWith('.') && !path.startsWith('/src/core/') && !path.startsWith(`/src/providers/${id}/`);
        }),
      );
      expect([id, foreign]).toEqual([id, []]);
    }
  });

  it.each([
    ['openapi-backend', ['src/core/contract.ts']],
    ['json-schema-faker', ['src/core/fallback.ts']],
    ['lowdb', ['src/core/persistence.ts']],
    ['sorted-btree', ['src/core/roots.ts']],
    ['decimal.js', ['src/core/decimal.ts']],
    ['yargs', ['src/cli/client.ts', 'src/cli/command-line.ts']],
    ['pino', ['src/logger.ts']],
  ])('import %s where the tree says', (library, expected) => {
    const files = whoImports(library).filter((file) => library !== 'yargs' || !isTypeOnly(file, library));
    expect(files).toEqual(library === 'yargs' ? ['src/cli/command-line.ts'] : expected);
  });

  it('run Express in http, and name its types in the composition', () => {
    expect(whoImports('express').filter((file) => !isTypeOnly(file, 'express'))).toEqual(['src/http/app.ts']);
  });
});

/** What help texts and comments show as an example may be a provider's. */
function withoutExamples(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\.example\([^)]*\)|^\s*(\/\/|\*).*$/gm, '');
}

function isTypeOnly(file: string, library: string): boolean {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.includes(`'${library}'`)).every((line) => line.startsWith('import type'));
}

describe('homes', () => {
  it.each(IDS)('%s has its code, document, fixture, requests and readme', (id) => {
    const files = [...listFiles('src'), ...listFiles('specs'), ...listFiles('fixtures'), ...listFiles('test')];
    for (const home of [
      `src/providers/${id}/index.ts`,
      `src/providers/${id}/README.md`,
      `specs/${id}.yaml`,
      `fixtures/${id}.yaml`,
      `test/providers/${id}/requests.ts`,
    ]) {
      expect(files).toContain(home);
    }
  });

  it('are named by nouns in kebab-case, and none is a drawer for the rest', () => {
    const names = [...SOURCES, ...listFiles('test').filter((file) => file.endsWith('.ts'))].map((file) =>
      basename(file),
    );
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.property)?(\.test)?\.ts$/.test(name))).toEqual([]);
    expect(names.filter((name) => /util|helper|common|misc/.test(name))).toEqual([]);
  });
});
