/**
 * Counts lines of TypeScript: `npm run lines -- [FOLDER ...]` prints for each folder its files, its lines, and its
 * lines of code, which are those with something on them that is not a comment. Generated types are left out.
 */
import { readdirSync, readFileSync } from 'node:fs';

import ts from 'typescript';

const folders = process.argv.slice(2);
const asked = folders.length > 0 ? folders : [...subfolders('src'), 'src', 'test'];

function subfolders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)
    .sort();
}

function listSources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((file) => !file.includes('/generated/'));
}

/** Lines on which a token begins or ends, or which a template or a JSX text spans. */
function countCode(file: string, text: string): number {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source);
    if (children.length === 0 && node.getWidth(source) > 0) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      for (let line = first; line <= last; line++) lines.add(line);
    }
    // What documentation comments consist of are nodes, too.
    for (const child of children) if (!ts.isJSDoc(child)) visit(child);
  };
  visit(source);
  return lines.size;
}

const rows = asked.map((folder) => {
  const files = listSources(folder);
  const texts = files.map((file) => [file, readFileSync(file, 'utf8')] as const);
  return {
    folder,
    files: files.length,
    lines: texts.reduce((sum, [, text]) => sum + text.split('\n').length - 1, 0),
    code: texts.reduce((sum, [file, text]) => sum + countCode(file, text), 0),
  };
});
process.stdout.write(
  rows.map(({ folder, files, lines, code }) => `${folder}: ${files} files, ${lines} lines, ${code} of code\n`).join(''),
);
