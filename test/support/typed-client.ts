import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { expect } from 'vitest';

import { createFolder } from './folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Compiled {
  /** Where the types and the compiled programs are, each with the path that its source has in this project. */
  readonly folder: string;
  /** What the compiler says of each program: `code message`. */
  readonly faults: Readonly<Record<string, readonly string[]>>;
}

/**
 * Compiles programs against types that are made from a provider's document as it is now.
 *
 * @param programs by the path that each has in this project
 */
export async function compileClient(provider: string, programs: Readonly<Record<string, string>>): Promise<Compiled> {
  const types = astToString(await openapiTS(new URL(`../../specs/${provider}.yaml`, import.meta.url)));
  const folder = createFolder({
    'package.json': '{ "type": "module" }',
    [`src/providers/${provider}/types.ts`]: types,
    ...programs,
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const files = Object.keys(programs).map((name) => join(folder, name));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: true,
  });
  expect(program.getOptionsDiagnostics().concat(program.getGlobalDiagnostics())).toEqual([]);
  program.emit();
  const faults = Object.keys(programs).map((name) => [name, check(program, join(folder, name))]);
  return { folder, faults: Object.fromEntries(faults) as Compiled['faults'] };
}

function check(program: ts.Program, file: string): readonly string[] {
  const source = program.getSourceFile(file);
  expect(source).toBeDefined();
  return ts
    .getPreEmitDiagnostics(program, source)
    .map(({ code, messageText }) => `${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}
