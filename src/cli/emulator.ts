/** Verbs about a running emulator as a whole. */
import { setTimeout as sleep } from 'node:timers/promises';

import { toStranger } from '../client/failures.ts';
import { monotonic } from '../core/values/clock.ts';
import { CLIENT_FLAGS, defineClientVerb, withSandbox } from './client.ts';
import { NotVerified, UsageError } from './report.ts';
import { renderTable } from './table.ts';
import { FORMATS, renderVariables } from './variables.ts';
import { defineVerb } from './verb.ts';

export const env = defineVerb({
  name: 'env',
  describe: 'Print client environment variables',
  flags: { ...CLIENT_FLAGS, format: { choices: FORMATS, describe: `One of ${FORMATS.join(', ')} [dotenv]` } },
  examples: [
    ['export $($0 env)', 'into the shell'],
    ['$0 env --sandbox checkout > .env', 'into a file, for one sandbox'],
    ['$0 env --format powershell | Out-String | Invoke-Expression', 'into PowerShell'],
  ],
  run: async (flags) => {
    const format = flags.format ?? (flags.json ? 'json' : 'dotenv');
    if (flags.json && format !== 'json') throw new UsageError(`--json and --format ${format} cannot be combined.`);
    const { variables, hints } = await withSandbox(flags, async (sandbox, emulator) => {
      const [variables, { hints: given = {} }] = await Promise.all([sandbox.env(), sandbox.health()]);
      // A shell will run what is printed, so nothing is printed that is not a variable.
      if (!Object.entries(variables).every(isVariable)) throw toStranger(emulator.url);
      return { variables, hints: given };
    });
    process.stdout.write(renderVariables(variables, format));
    // A program may read standard output.
    for (const [id, hint] of Object.entries(hints)) process.stderr.write(`${id}: ${hint}\n`);
  },
});

function isVariable([name, value]: readonly [string, unknown]): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && typeof value === 'string';
}

export const ca = defineVerb({
  name: 'ca',
  describe: 'Print the certificate for --https',
  flags: CLIENT_FLAGS,
  examples: [
    ['$0 ca > ca.pem', 'into a file'],
    ['NODE_EXTRA_CA_CERTS=ca.pem npm test', 'so that Node trusts it'],
  ],
  run: async (flags) => {
    const certificate = await withSandbox(flags, (_, emulator) => emulator.ca());
    process.stdout.write(flags.json ? `${JSON.stringify({ ca: certificate })}\n` : certificate);
  },
});

const PAUSE = 50;
/** Milliseconds that even the last try has. */
const SHORTEST = 200;

export const wait = defineVerb({
  name: 'wait',
  describe: 'Wait until the emulator is ready',
  flags: {
    ...CLIENT_FLAGS,
    timeout: { type: 'duration', default: '30s', describe: 'Give up after this: 10s, PT10S or milliseconds' },
  },
  examples: ['$0 wait --timeout 10s'],
  run: async (flags) => {
    const deadline = monotonic() + flags.timeout;
    for (;;) {
      try {
        await withSandbox(flags, (_, emulator) => emulator.ready(), Math.max(deadline - monotonic(), SHORTEST));
        if (flags.json) process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
        return;
      } catch (error) {
        if (!(error instanceof NotVerified) || monotonic() >= deadline) throw error;
        await sleep(PAUSE);
      }
    }
  },
});

export const healthcheck = defineClientVerb({
  name: 'healthcheck',
  describe: 'Exit 0 if the emulator answers, else 1',
  examples: ['$0 healthcheck'],
  ask: async (sandbox) => {
    const health = await sandbox.health();
    if (health.status !== 'ok') {
      throw new NotVerified(`The emulator answers, but is not healthy: ${JSON.stringify(health)}`);
    }
    return health;
  },
});

export const providers = defineClientVerb({
  name: 'providers',
  describe: 'List emulated services',
  examples: ['$0 providers --json'],
  ask: (_, __, emulator) => emulator.providers.list(),
  show: ({ providers: listed }) => {
    const rows = listed.map(({ id, url, operations }) => {
      const count = (level: string): number => operations.filter(({ evidence }) => evidence.level === level).length;
      const known = ['documented', 'observed', 'assumed'].map((level) => `${count(level)} ${level}`);
      return [id, url, String(operations.length), known.join(', ')];
    });
    return renderTable([['ID', 'BASE URL', 'OPERATIONS', 'KNOWN FROM'], ...rows]);
  },
});
