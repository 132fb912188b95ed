#!/usr/bin/env node
import { report } from './report.ts';

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
