/**
 * Part of `npm run types`. Writes the names that editors complete, from the documents and controls of the bundled
 * providers, and method and path of each endpoint of the control API.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { parse } from 'yaml';

import { bundled } from '../src/providers/index.ts';

const FOLDER = new URL('../src/generated/', import.meta.url);

interface Described {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly 'x-emulator-alias'?: string;
}

interface Operation extends Described {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
}

function listOperations(document: URL): readonly Operation[] {
  const { paths } = parse(readFileSync(document, 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, ...described }]) =>
      operationId === undefined ? [] : [{ ...described, operationId, method: method.toUpperCase(), path }],
    ),
  );
}

/** Leaves out other spellings of an operation: rules and filters know it by its name. */
function listNames(document: URL): readonly string[] {
  return listOperations(document)
    .filter(({ 'x-emulator-alias': alias }) => alias === undefined)
    .map(({ operationId }) => operationId);
}

function renderEndpoint({ operationId, method, path, tags = [] }: Operation): string {
  const needsSandbox = !tags.includes('emulator');
  return `  ${operationId}: { method: '${method}', path: '${path}', needsSandbox: ${needsSandbox} },`;
}

function renderNames(title: string, byProvider: readonly (readonly [string, readonly string[]])[]): string {
  const fields = byProvider.map(
    ([id, names]) => `    ${id}: ${names.map((name) => `"${name}"`).join(' | ') || 'never'};`,
  );
  return [`/** ${title}, by the id of their provider. */`, `export interface ${title} {`, ...fields, '}'].join('\n');
}

const providers = bundled.map(({ provider }) => provider).toSorted((one, other) => (one.id < other.id ? -1 : 1));
const names = [
  renderNames(
    'Operations',
    providers.map(({ id, document }) => [id, listNames(document)]),
  ),
  renderNames(
    'Controls',
    providers.map(({ id, controls }) => [id, Object.keys(controls)]),
  ),
];
const endpoints = [
  [
    '/** Endpoints of the control API, by operationId, and whether each needs the sandbox that a request names. */',
    'export const ENDPOINTS = {',
    ...listOperations(new URL('../specs/emulator.yaml', import.meta.url)).map(renderEndpoint),
    '} as const;',
  ].join('\n'),
];

mkdirSync(FOLDER, { recursive: true });
for (const [file, parts] of Object.entries({ names, endpoints })) {
  const text = ['/** Made by scripts/names.ts: npm run types. */', ...parts].join('\n\n');
  writeFileSync(new URL(`${file}.ts`, FOLDER), `${text}\n`);
}
