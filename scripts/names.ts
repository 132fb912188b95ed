/** Writes the names that editors complete, from the documents and controls of the bundled providers. Part of `npm run types`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parse } from 'yaml';

import { bundled } from '../src/providers/index.ts';

const FILE = fileURLToPath(new URL('../src/generated/names.ts', import.meta.url));

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId?: string; readonly 'x-emulator-alias'?: string }>>>
  >;
}

/** Without other spellings of an operation, which rules and filters know by its name. */
function listOperations(document: URL): readonly string[] {
  const { paths } = parse(readFileSync(document, 'utf8')) as Document;
  return Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ operationId, 'x-emulator-alias': alias }) =>
      operationId === undefined || alias !== undefined ? [] : [operationId],
    );
}

function renderNames(title: string, byProvider: readonly (readonly [string, readonly string[]])[]): string {
  const fields = byProvider.map(
    ([id, names]) => `    ${id}: ${names.map((name) => `"${name}"`).join(' | ') || 'never'};`,
  );
  return [`/** ${title}, by the id of their provider. */`, `export interface ${title} {`, ...fields, '}'].join('\n');
}

const providers = bundled.map(({ provider }) => provider).toSorted((one, other) => (one.id < other.id ? -1 : 1));
const text = `${[
  '/** Made by scripts/names.ts: npm run types. */',
  renderNames(
    'Operations',
    providers.map(({ id, document }) => [id, listOperations(document)]),
  ),
  renderNames(
    'Controls',
    providers.map(({ id, controls }) => [id, Object.keys(controls)]),
  ),
].join('\n\n')}\n`;

mkdirSync(dirname(FILE), { recursive: true });
writeFileSync(FILE, text);
