import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { ENDPOINTS } from '../../src/client/control-api.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

it('finds every act of the control API where its document has it', () => {
  const { paths } = parse(readFileSync('specs/emulator.yaml', 'utf8')) as Document;
  const acts = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationId === undefined ? [] : [[operationId, `${method.toUpperCase()} ${path}`] as const],
    ),
  );
  expect(acts.length).toBeGreaterThan(20);
  expect(ENDPOINTS).toEqual(Object.fromEntries(acts));
});
