/**
 * Writes docs/reference/<id>.md: what is known of each bundled provider by its documents and its declaration, and so
 * never differs from them. With `--check` it only says whether they are as they should be. Run by `npm run pages`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { OptionDefinition } from '../src/core/provider/options.ts';
import type { Provider } from '../src/core/provider/provider.ts';
import { bundled, type Bundled } from '../src/providers/index.ts';

import { format } from 'prettier';
import { parse } from 'yaml';

const FOLDER = new URL('../docs/reference/', import.meta.url);
const SHARED = 4620;

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly 'x-emulator-alias'?: string;
  readonly 'x-evidence'?: { readonly level: string; readonly source: string };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface ArgumentsSchema {
  readonly properties?: object;
  readonly required?: readonly string[];
}

function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;

function renderOperations(document: URL): string {
  const { paths } = parse(readFileSync(document, 'utf8')) as Document;
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const { operationId, summary = '', 'x-evidence': evidence } = operation;
      const name = operation['x-emulator-alias'] ?? operationId;
      if (name === undefined) return [];
      return [
        [
          code(name),
          code(`${method.toUpperCase()} ${path}`),
          summary,
          evidence ? `${evidence.level}: ${evidence.source}` : '',
        ],
      ];
    }),
  );
  return renderTable(['operation', 'method and path', 'does', 'how it is known'], rows);
}

const toSeconds = (milliseconds: number): string => `PT${milliseconds / 1000}S`;

function renderDefault(definition: OptionDefinition): string {
  if (definition.default === undefined) return 'none';
  if (definition.kind === 'duration') return code(toSeconds(definition.default));
  if (definition.kind === 'rate') return code(`${definition.default.limit}/${toSeconds(definition.default.window)}`);
  return code(String(definition.default));
}

function renderOptions({ id, options }: Provider): string {
  const rows = Object.entries(options).map(([name, definition]) => [
    code(`${id}.${name}`),
    definition.kind === 'oneOf' ? definition.values.map(code).join(', ') : definition.kind,
    renderDefault(definition),
    definition.describe,
  ]);
  return renderTable(['option', 'values', 'default', 'does'], rows);
}

function renderControls({ controls }: Provider): string {
  const rows = Object.entries(controls).map(([name, { describe, schema }]) => {
    const { properties = {}, required = [] } = schema as ArgumentsSchema;
    const names = Object.keys(properties).map((key) => (required.includes(key) ? code(key) : `${code(key)}?`));
    return [code(name), names.join(', '), describe];
  });
  return renderTable(['control', 'takes', 'does'], rows);
}

function renderPage({ place, provider }: Bundled): string {
  const { id, title, basePaths = [''], codes = {}, options, controls, document, variants } = provider;
  const file = (url: URL): string => `[specs/${basename(url.pathname)}](../../specs/${basename(url.pathname)})`;
  const others = Object.entries(variants?.byValue ?? {}).flatMap(([value, variant]) => [
    `## Operations with \`${id}.${variants?.option ?? ''}=${value}\``,
    `The document is ${file(variant.document)}.`,
    renderOperations(variant.document),
  ]);
  const paths = basePaths.map((path) => code(`/${id}${path}`)).join(', ');
  return [
    `# ${title}: reference`,
    'Made from its documents and its declaration by `npm run pages`. What it does, and how that is known, is told by ' +
      `[its own page](../../src/providers/${id}/README.md).`,
    `Port ${SHARED + place}; on the shared port ${paths}; under the host \`${id}.localhost\` on every port.`,
    '## Operations',
    `The document is ${file(document)}. The names are those of rules of faults, of filters and of the journal.`,
    renderOperations(document),
    ...others,
    ...(Object.keys(options).length > 0
      ? ['## Options', `For \`--set\`, such as \`--set ${id}.NAME=VALUE\`.`, renderOptions(provider)]
      : []),
    ...(Object.keys(controls).length > 0
      ? [
          '## Controls',
          `What happens outside its API in reality: \`POST /_emulator/controls/${id}/NAME\`. What a question mark follows may be left out.`,
          renderControls(provider),
        ]
      : []),
    '## Failures',
    'Its own codes, which a fault can ask for by `effect: { code: ... }`:',
    Object.keys(codes).map(code).join(', '),
  ].join('\n\n');
}

const check = process.argv.includes('--check');
if (!check) mkdirSync(FOLDER, { recursive: true });
for (const one of bundled) {
  const file = fileURLToPath(new URL(`${one.provider.id}.md`, FOLDER));
  const text = await format(renderPage(one), { parser: 'markdown', printWidth: 120 });
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stdout.write(`docs/reference/${one.provider.id}.md is not what its documents say: npm run pages\n`);
    process.exitCode = 1;
  }
}
