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

/** The files of ours that a file imports, for their types too. */
function neighboursOf(file: string): readonly string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => new URL(name, `file:///${file}`).pathname.slice(1));
}

/** Of core, lowest first. */
const WINGS: readonly string[] = ['values', 'wire', 'store', 'contract', 'faults', 'provider', 'sandbox', 'exchange'];

/** What lies outside the wings is in none of them. */
function toWing(file: string): string {
  return /^src\/core\/([^/]+)\//.exec(file)?.[1] ?? file;
}

/** Files from which imports lead back to them: those that are left when what imports nothing that is left has been taken away, again and again. */
function findCircles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const left = new Map(imports);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [file, names] of left) if (!names.some((name) => left.has(name))) left.delete(file);
  }
  return [...left.keys()];
}

function whoImports(library: string): readonly string[] {
  return SOURCES.filter((file) => importsOf(file).includes(library)).sort();
}

describe('layers', () => {
  it('keep the names of providers out of core, http, control, client and cli', () => {
    const shared = SOURCES.filter((file) => /^src\/(core|http|control|client|cli|page|proof)\//.test(file));
    const leaks = shared.filter((file) => IDS.some((id) => new RegExp(`\\b${id}\\b`, 'i').test(withoutExamples(file))));
    expect(leaks).toEqual([]);
  });

  it('let a wing of core import only itself and those below it', () => {
    const core = SOURCES.filter((file) => file.startsWith('src/core/'));
    const above = core.flatMap((file) =>
      neighboursOf(file)
        .filter((name) => !(WINGS.indexOf(toWing(name)) <= WINGS.indexOf(toWing(file)) && WINGS.includes(toWing(name))))
        .map((name) => `${file} imports ${name}`),
    );
    expect(above).toEqual([]);
    expect([...new Set(core.map(toWing))].sort()).toEqual([...WINGS].sort());
  });

  it('let the audit import itself and core only', () => {
    const audit = SOURCES.filter((file) => file.startsWith('src/proof/audit/'));
    const foreign = audit.flatMap((file) =>
      neighboursOf(file).filter((name) => !name.startsWith('src/core/') && !name.startsWith('src/proof/audit/')),
    );
    expect([audit.length > 20, foreign]).toEqual([true, []]);
  });

  it('let the page import itself and the client only', () => {
    const page = listFiles('src/page').filter((file) => /\.tsx?$/.test(file));
    const foreign = page.flatMap((file) =>
      neighboursOf(file).filter((name) => !name.startsWith('src/page/') && name !== 'src/client.ts'),
    );
    expect([page.length > 20, foreign]).toEqual([true, []]);
  });

  it('import each other in no circle', () => {
    const all = [...SOURCES, ...listFiles('src/page').filter((file) => file.endsWith('.tsx'))];
    expect(findCircles(new Map(all.map((file) => [file, neighboursOf(file)])))).toEqual([]);
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
    ['openapi-backend', ['src/core/contract/contract.ts']],
    ['json-schema-faker', ['src/core/values/json-schema-example.ts']],
    ['lowdb', ['src/core/store/disk/database.ts']],
    ['sorted-btree', ['src/core/store/tree.ts']],
    ['decimal.js', ['src/core/values/decimal.ts']],
    ['yargs', ['src/cli/client.ts', 'src/cli/command-line.ts']],
    ['cross-spawn', ['src/proof/command.ts']],
    // For types, and to run `taskkill`: the commands of users are started by cross-spawn.
    ['node:child_process', ['src/proof/command-run.ts', 'src/proof/command.ts']],
    ['pino', ['src/config/log.ts']],
    ['prom-client', ['src/control/exposition.ts']],
    ['@peculiar/x509', ['src/http/certificate-authority.ts']],
    [
      'vitest',
      [
        'src/conformance/behaviour.ts',
        'src/conformance/bench.ts',
        'src/conformance/faults.ts',
        'src/conformance/sentences.ts',
        'src/vitest.ts',
      ],
    ],
  ])('import %s where the tree says', (library, expected) => {
    const files = whoImports(library).filter((file) => library !== 'yargs' || !isTypeOnly(file, library));
    expect(files).toEqual(library === 'yargs' ? ['src/cli/command-line.ts'] : expected);
  });

  it('run Express in http, and name its types in the composition', () => {
    expect(whoImports('express').filter((file) => !isTypeOnly(file, 'express'))).toEqual(['src/http/front.ts']);
  });
});

/** What help texts and comments show as an example may be a provider's. */
function withoutExamples(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\.example\([^)]*\)|\bexample: '[^']*'|^\s*(\/\/|\*).*$/gm, '');
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
    expect(names.filter((name) => /(^|-)(util|helper|common|misc)/.test(name))).toEqual([]);
  });
});
