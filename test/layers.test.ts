import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundled } from '../src/providers/index.ts';

const SOURCES = listFiles('src').filter((file) => file.endsWith('.ts') && !file.startsWith('src/generated/'));
const PAGE = listFiles('src/page').filter((file) => file.endsWith('.tsx'));
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

/** The folders of src, each of which imports only those above it. */
const FLOORS: readonly string[] = [
  'generated',
  'core',
  'providers',
  'fixtures',
  'config',
  'audit',
  'http',
  'bundles',
  'control',
  'client',
  'compose',
  'trials',
  'conformance',
  'page',
  'cli',
];

/** What others import gives on what is on the floors, and computes nothing. */
const ENTRIES = /^src\/([^/]+)\.ts$/;

function toFloor(file: string): number {
  // The page and the command line are users of the client, as others are.
  return FLOORS.indexOf(/^src\/([^/]+)/.exec(file.replace(/^src\/client\.ts$/, 'src/client/'))?.[1] ?? file);
}

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
    const shared = SOURCES.filter((file) =>
      /^src\/(core|fixtures|audit|http|bundles|control|client|trials|cli|page)\//.test(file),
    );
    const leaks = shared.filter((file) => IDS.some((id) => new RegExp(`\\b${id}\\b`, 'i').test(withoutExamples(file))));
    expect(leaks).toEqual([]);
  });

  it('let a floor import only itself and those above it', () => {
    const below = [...SOURCES, ...PAGE]
      .filter((file) => !ENTRIES.test(file))
      .flatMap((file) =>
        neighboursOf(file)
          .filter((name) => toFloor(name) === -1 || toFloor(name) > toFloor(file))
          .map((name) => `${file} imports ${name}`),
      );
    expect(below).toEqual([]);
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...FLOORS].sort());
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
    const audit = SOURCES.filter((file) => file.startsWith('src/audit/'));
    const foreign = audit.flatMap((file) =>
      neighboursOf(file).filter((name) => !name.startsWith('src/core/') && !name.startsWith('src/audit/')),
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
    const all = [...SOURCES, ...PAGE];
    expect(findCircles(new Map(all.map((file) => [file, neighboursOf(file)])))).toEqual([]);
  });

  it('let a provider import core, generated types and itself only', () => {
    for (const id of IDS) {
      const own = SOURCES.filter((file) => file.startsWith(`src/providers/${id}/`));
      const foreign = own.flatMap((file) =>
        importsOf(file).filter((name) => {
          const path = new URL(name, `file:///${file}`).pathname;
          return (
            name.startsWith('.') &&
            !/^\/src\/(core|generated)\//.test(path) &&
            !path.startsWith(`/src/providers/${id}/`)
          );
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
    ['yargs', ['src/cli/command-line.ts']],
    ['cross-spawn', ['src/trials/command.ts']],
    // For types, and to run `taskkill`: the commands of users are started by cross-spawn.
    ['node:child_process', ['src/trials/command-run.ts', 'src/trials/command.ts']],
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
        'src/trials/test-sandboxes.ts',
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
  return readFileSync(file, 'utf8').replaceAll(/['"`]\$0 .*$|^\s*(\/\/|\*).*$/gm, '');
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
