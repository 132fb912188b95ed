#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

import { report } from './report.ts';
import { findPlainFlags } from './start-flags.ts';

// Newer versions of Node can keep what they compiled for the next start. `npm run build` starts
// the command once, so that the first one finds it there.
if (import.meta.url.endsWith('/dist/cli/main.js')) {
  // Types of the oldest supported Node do not have it.
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(fileURLToPath(new URL('../compiled', import.meta.url)));
}

// Not awaited here: what wakes in the image loads this at once where it cannot do it itself; see startup.ts.
run(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = report(error);
});

async function run(words: readonly string[]): Promise<void> {
  const flags = findPlainFlags(words);
  if (flags) {
    const { runStart } = await import('./server.ts');
    await runStart(flags);
  } else {
    const { runCommandLine } = await import('./command-line.ts');
    await runCommandLine(words);
  }
}
