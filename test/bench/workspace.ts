import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transformSync } from 'esbuild';

const ROOT = new URL('../..', import.meta.url);
const DIST = new URL('dist/', ROOT);

/** A temporary folder with all that the child processes read. */
export class Workspace {
  readonly folder: string;

  /** @throws where nothing is built */
  constructor() {
    for (const file of ['index.js', 'cli/main.js', 'specs/klaim.json', 'fixtures/klaim.json']) {
      if (!existsSync(new URL(file, DIST))) {
        throw new Error(`dist/${file} is missing: run npm run build first.`);
      }
    }
    this.folder = mkdtempSync(join(tmpdir(), 'credits-emulator-bench-'));
    process.once('exit', () => {
      this.remove();
    });
    // Scripts in this folder find libraries where the project has them.
    symlinkSync(fileURLToPath(new URL('node_modules', ROOT)), join(this.folder, 'node_modules'), 'junction');
  }

  /** A file of the built emulator. */
  toBuilt(path: string): string {
    return fileURLToPath(new URL(path, DIST));
  }

  /** Where the package itself is. */
  get root(): string {
    return fileURLToPath(ROOT);
  }

  readBuilt(path: string): unknown {
    return JSON.parse(readFileSync(new URL(path, DIST), 'utf8'));
  }

  /** Makes JavaScript of one of the scripts beside this file: a loader for TypeScript would be part of what is measured. */
  writeScript(name: string): string {
    const source = readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8');
    return this.#write(`${name}.mjs`, transformSync(source, { loader: 'ts', format: 'esm', target: 'node20' }).code);
  }

  writeJson(name: string, content: unknown): string {
    return this.#write(`${name}.json`, JSON.stringify(content));
  }

  toPath(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(name: string, text: string): string {
    const file = this.toPath(name);
    writeFileSync(file, text);
    return file;
  }
}
