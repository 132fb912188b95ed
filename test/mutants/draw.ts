import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Dice } from '../crash/dice.ts';
import type { List, Mutant } from './list.ts';
import { listSites, type Site } from './sites.ts';
import { LEFT_OUT, WINGS } from './wings.ts';

import ts from 'typescript';

const SOURCE = 'src';

/** The files of `src` that are written by hand, relative to it. */
export function listSources(): readonly string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/types\.ts$|^(page|generated)\//.test(file))
    .sort();
}

/** Draws each mutant from another file, and first a file, then a kind of change, then a place. */
export function drawMutants(seed: string): List {
  const files = listSources();
  const lines = countLines(files);
  const checker = new Checker(files);
  const mutants: Mutant[] = [];
  for (const wing of WINGS) {
    const dice = new Dice(seed, wing.name);
    const left = new Set(files.filter((file) => wing.files.test(file) && !LEFT_OUT.test(file)));
    for (let count = 0; count < wing.count && left.size > 0;) {
      const file = dice.pick([...left]);
      left.delete(file);
      const text = readFileSync(join(SOURCE, file), 'utf8');
      const mutant = drawSite(file, text, { dice, lines, checker });
      if (!mutant) continue;
      count += 1;
      mutants.push({ id: `${wing.name}-${count}`, wing: wing.name, file: `${SOURCE}/${file}`, ...mutant });
    }
  }
  return { seed, mutants };
}

interface Drawing {
  readonly dice: Dice;
  /** How often each line is in `src`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly checker: Checker;
}

/** @returns nothing if no change leaves the types as they were */
function drawSite(
  file: string,
  text: string,
  { dice, lines, checker }: Drawing,
): Omit<Mutant, 'id' | 'wing' | 'file'> | undefined {
  const sites = new Set(listSites(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)));
  while (sites.size > 0) {
    const kind = dice.pick([...new Set([...sites].map((site) => site.kind))]);
    const site = dice.pick([...sites].filter((one) => one.kind === kind));
    sites.delete(site);
    const [before, after] = toLines(text, site);
    const changed = text.slice(0, site.start) + site.text + text.slice(site.end);
    if (lines.get(before) === 1 && checker.isSound(file, changed)) return { in: site.in, kind, before, after };
  }
  return undefined;
}

function toLines(text: string, { start, end, text: replacement }: Site): readonly [before: string, after: string] {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', end);
  const after = text.slice(from, start) + replacement + text.slice(end, to);
  return [text.slice(from, to).trim(), after.trim()];
}

function countLines(files: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) {
    for (const line of readFileSync(join(SOURCE, file), 'utf8').split('\n')) {
      counts.set(line.trim(), (counts.get(line.trim()) ?? 0) + 1);
    }
  }
  return counts;
}

/** Checks the types of a file as if it had another text. */
class Checker {
  readonly #service: ts.LanguageService;
  #changed = { path: '', text: '', version: 0 };

  constructor(files: readonly string[]) {
    const root = process.cwd();
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)).config,
      ts.sys,
      root,
    );
    const isChanged = (path: string): boolean => path === this.#changed.path;
    const read = (path: string): string | undefined => (isChanged(path) ? this.#changed.text : ts.sys.readFile(path));
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => files.map((file) => join(root, SOURCE, file)),
      getScriptVersion: (path) => (isChanged(path) ? String(this.#changed.version) : '0'),
      getScriptSnapshot: (path) => {
        const text = read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (path) => ts.sys.fileExists(path),
      readFile: read,
    });
  }

  isSound(file: string, text: string): boolean {
    const path = join(process.cwd(), SOURCE, file);
    this.#changed = { path, text, version: this.#changed.version + 1 };
    return this.#service.getSyntacticDiagnostics(path).length + this.#service.getSemanticDiagnostics(path).length === 0;
  }
}
