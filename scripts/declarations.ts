import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

const DECLARATION = '.d.ts';

/**
 * Deletes the declarations that tsc wrote of files to which none of those leads that others import: five of six bytes.
 *
 * @param entries in the folder, without an ending
 * @throws where one is not there: all that it leads to would go
 */
export function dropUnreachedDeclarations(folder: string, entries: readonly string[]): void {
  const program = ts.createProgram({
    rootNames: entries.map((entry) => join(folder, entry + DECLARATION)),
    options: { module: ts.ModuleKind.NodeNext, noLib: true, types: [] },
  });
  const reached = new Set(program.getSourceFiles().map(({ fileName }) => join(fileName)));
  const lost = program.getRootFileNames().filter((file) => !reached.has(join(file)));
  if (lost.length > 0) throw new Error(`There are no declarations ${lost.join(', ')}.`);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    if (name.endsWith(DECLARATION) && !reached.has(file)) rmSync(file);
  }
}
