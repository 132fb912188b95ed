import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const COMMAND = 'dist/cli/main.js';

/**
 * Builds once before all tests if the built command is older than what it is made of. Where that
 * fails, only the tests that run the command do: the build leaves none behind.
 */
export function setup(): void {
  const newest = Math.max(...['src', 'specs', 'fixtures', 'package.json'].map(toNewest));
  if (newest <= (statSync(COMMAND, { throwIfNoEntry: false })?.mtimeMs ?? 0)) return;
  spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
}

/** When the path, or anything in it, was last changed. */
function toNewest(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => toNewest(join(path, name))));
}
