import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { Evidence } from '../src/core/contract/operation-object.ts';
import { bundled } from '../src/providers/index.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Known {
  readonly 'x-evidence'?: Evidence;
}

interface Operation extends Known {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Known & { readonly $ref?: string }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Partial<Record<(typeof METHODS)[number], Operation>>>>;
  readonly components: { readonly responses?: Readonly<Record<string, Known>> };
}

function readDocument(file: string): Document {
  return parse(readFileSync(file, 'utf8')) as Document;
}

function listOperations({ paths }: Document): readonly Operation[] {
  return Object.values(paths).flatMap((item) => METHODS.flatMap((method) => item[method] ?? []));
}

/** How many there are, and how each is known: documented, observed, assumed. */
function count(known: readonly (Evidence | undefined)[]): readonly number[] {
  const levels = known.map((one) => one?.level);
  const counts = (['documented', 'observed', 'assumed'] as const).map(
    (level) => levels.filter((one) => one === level).length,
  );
  return [known.length, ...counts];
}

/** The line of the README's table for a document. */
function toLine(file: string): string {
  const document = readDocument(file);
  const operations = listOperations(document);
  const answers = operations
    .flatMap(({ responses }) => Object.values(responses))
    .map((answer) => {
      const name = answer.$ref?.replace('#/components/responses/', '');
      return name === undefined ? answer : document.components.responses?.[name];
    });
  const cells = [operations, answers].flatMap((all) => count(all.map((one) => one?.['x-evidence'])));
  return [`\`${file}\``, ...cells.map(String)].join(' | ');
}

/** Table cells without the spaces that line them up. */
function listRows(readme: string): readonly string[] {
  return readme
    .split('\n')
    .filter((line) => line.startsWith('| `specs/'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
        .join(' | '),
    );
}

describe.each(bundled.map(({ provider }) => provider))('the README of $id', (provider) => {
  const { id, variants } = provider;
  const readme = readFileSync(`src/providers/${id}/README.md`, 'utf8');
  const documents = [provider.document, ...Object.values(variants?.byValue ?? {}).map(({ document }) => document)];
  const files = documents.map(({ pathname }) => `specs/${pathname.split('/').at(-1) ?? ''}`);

  it('says what share of operations and answers is documented, observed and assumed', () => {
    expect(listRows(readme)).toEqual([...new Set(files)].map(toLine));
  });

  it('lists what is left out, of which nothing is served', () => {
    const [, leftOut] = /^\*\*Left out\*\*([\s\S]*?)\n\n/m.exec(readme) ?? [];
    const { paths } = readDocument(files[0] ?? '');
    const served = Object.entries(paths).flatMap(([path, item]) => [
      path,
      ...METHODS.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`),
    ]);
    const named = [...(leftOut ?? '').matchAll(/`((?:[A-Z]+ )?\/[^`]*)`/g)].map(([, route = '']) => route);
    expect(leftOut).toBeDefined();
    expect(named.filter((route) => served.includes(route))).toEqual([]);
  });
});
