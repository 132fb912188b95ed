#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

import { runCompiled } from './compile-cache.ts';
import type * as Server from './server.ts';

/** Identifies the bundle of a start; inserted by the build. */
declare const BUNDLE: string;

const IS_BUILT = import.meta.url.endsWith('/dist/cli/main.js');
const toPath = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Newer versions of Node can store compiled code for the next start. `npm run build` starts
// the command once, so that the first start finds the code.
if (IS_BUILT) {
  // Types of the oldest supported Node do not have it.
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(toPath('../compiled'));
}

void run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<void> {
  const [first = 'start'] = words;
  if ((first === 'start' || first.startsWith('-')) && (await start(words))) return;
  const { report, runCommandLine } = await import('./command-line.ts');
  try {
    await runCommandLine(words);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** @returns whether the words are those of a plain start */
async function start(words: readonly string[]): Promise<boolean> {
  let server = IS_BUILT ? loadServer() : await import('./server.ts');
  const flags = server.findPlainFlags(words);
  if (!flags) return false;
  try {
    const options = await server.resolveFlags(flags);
    // Providers from outside import the package, so the emulator must come from the package as well.
    if ((options.provider ?? []).length > 0) server = await import('./server.ts');
    await server.startWith(options);
  } catch (error) {
    process.exitCode = server.report(error);
  }
  return true;
}

/** Loads the code of a start, which is one file apart from the package's modules; see scripts/build.ts. */
function loadServer(): typeof Server {
  return runCompiled({
    file: toPath('server.cjs'),
    cache: toPath(`../compiled/start-${BUNDLE}-${process.version}-${process.arch}`),
  }) as typeof Server;
}
