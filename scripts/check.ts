/**
 * `npm test`: every script of package.json whose name begins with "check:", side by side. All of them
 * run, whatever the others say; the output of those that fail is printed in full.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PREFIX = 'check:';

interface Check {
  readonly name: string;
  readonly command: string;
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** In the order of package.json, where those that take longest come first. */
function readChecks(): readonly Check[] {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  return Object.entries(scripts)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, command]) => ({ name: name.slice(PREFIX.length), command }));
}

/** The command finds what it runs in PATH, where npm has put the project's own commands. */
function run(command: string): Promise<Outcome> {
  const child = spawn(command, { cwd: ROOT, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function report({ name, command }: Check): Promise<boolean> {
  const started = performance.now();
  const { code, output } = await run(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const passed = code === 0;
  if (!passed) process.stdout.write(`\n${output.trimEnd()}\n\n`);
  else for (const line of output.split('\n').filter((one) => /\d passed/.test(one))) process.stdout.write(`${line}\n`);
  process.stdout.write(`${passed ? 'passed' : 'FAILED'}  ${name}  ${seconds} s\n`);
  return passed;
}

const waiting = [...readChecks()];
const failed: string[] = [];

async function work(): Promise<void> {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    if (!(await report(check))) failed.push(check.name);
  }
}

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
if (failed.length > 0) {
  process.stdout.write(`\nFailed: ${failed.join(', ')}. Each runs by itself with npm run ${PREFIX}<name>.\n`);
  process.exitCode = 1;
}
