#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

import { report } from './report.ts';

// Newer versions of Node can keep what they compiled for the next start. `npm run build` starts
// the command once, so that the first one finds it there.
if (import.meta.url.endsWith('/dist/cli/main.js')) {
  // Types of the oldest supported Node do not have it.
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(fileURLToPath(new URL('../compiled', import.meta.url)));
}

const words = process.argv.slice(2);

try {
  // Without flags there is nothing to parse, and a start need not wait for a parser to load.
  if (words.length === 0 || (words.length === 1 && words[0] === 'start')) {
    const { runStart } = await import('./server.ts');
    await runStart({});
  } else {
    const { runCommandLine } = await import('./command-line.ts');
    await runCommandLine(words);
  }
} catch (error) {
  process.exitCode = report(error);
}
