import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transformSync } from 'esbuild';

const ROOT = new URL('../../', import.meta.url);

/** The command line of the built emulator. */
export const COMMAND = fileURLToPath(new URL('dist/cli/main.js', ROOT));

/** A temporary folder with all that the child processes read. */
export class Workspace {
  readonly folder: string;

  /** @throws if nothing is built */
  constructor() {
    if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: run npm run build first.`);
    this.folder = mkdtempSync(join(tmpdir(), 'credits-emulator-bench-'));
    process.once('exit', () => {
      rmSync(this.folder, { recursive: true, force: true });
    });
    // Scripts in this folder find the project's libraries.
    symlinkSync(fileURLToPath(new URL('node_modules', ROOT)), join(this.folder, 'node_modules'), 'junction');
  }

  /** Compiles one of the scripts next to this file: a loader for TypeScript would be part of what is measured. */
  writeScript(name: string): string {
    const source = readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8');
    return this.write(`${name}.mjs`, transformSync(source, { loader: 'ts', format: 'esm', target: 'node20' }).code);
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }
}
