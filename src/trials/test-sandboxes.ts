import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, type TestContext } from 'vitest';

import type { ByProvider } from '../client/names.ts';
import type { Sandbox } from '../client/sandbox.ts';
import type { EmulatorOptions } from '../config/options.ts';
import { renderRequestLine, toVisible } from '../control/request-line.ts';
import { toMessage } from '../core/values/message.ts';
import { shortenTo } from '../core/values/quotation.ts';
import { createEmulator, type Emulator } from '../compose/emulator.ts';
import { saveBundle } from './bundle-saving.ts';

/** The sandbox of one test. */
export interface TestSandbox {
  /** The sandbox, with the whole control API as methods. */
  readonly sandbox: Sandbox;
  /** Base URLs of the providers in this sandbox, by id. */
  readonly urls: ByProvider<string>;
  /** The environment variables that point clients at this sandbox. */
  readonly env: Readonly<Record<string, string>>;
}

/** The sandbox of the running test. Read it inside a test; elsewhere it throws. */
export interface EmulatorInTests extends TestSandbox {
  readonly emulator: Emulator;
  /** The sandbox of a test by its context, for tests that run concurrently. */
  of(context: TestContext): TestSandbox;
}

/** The options of `createEmulator`, and what to do when a test fails. */
export interface TestOptions extends EmulatorOptions {
  /** A folder for bundles of failed tests, for `credits-emulator bundle run`; created if needed. */
  readonly bundleOnFailure?: string;
}

/**
 * Starts an emulator on free ports before the tests of the file or `describe`, and closes it after them. Each test has a
 * sandbox of its own, which is deleted after the test. Prints the requests of a failed test.
 *
 * @param options the options of `createEmulator`, and `bundleOnFailure`
 */
export function useEmulator({ bundleOnFailure, ...options }: TestOptions = {}): EmulatorInTests {
  const running = new Map<string, TestSandbox & { readonly isConcurrent: boolean }>();
  let emulator: Emulator | undefined;
  let count = 0;
  beforeAll(async () => {
    emulator = await createEmulator({ port: 0, ...(bundleOnFailure !== undefined && { record: true }), ...options });
  });
  afterAll(async () => {
    await emulator?.close();
  });
  beforeEach(async ({ task }) => {
    const sandbox = getEmulator().sandbox(toSandboxName(task.fullTestName, (count += 1)));
    const [urls, env] = await Promise.all([sandbox.urls(), sandbox.env()]);
    running.set(task.id, { sandbox, urls, env, isConcurrent: task.concurrent === true });
  });
  afterEach(async ({ task }) => {
    const own = running.get(task.id);
    running.delete(task.id);
    if (!own) return;
    if (task.result?.state === 'fail') {
      const told = [await describeJournal(own.sandbox)];
      if (bundleOnFailure !== undefined) told.push(...(await keep(own.sandbox, toFile(bundleOnFailure, task, own))));
      // Printed now: vitest would not assign later output to this test.
      // eslint-disable-next-line no-console
      console.error(told.join('\n'));
    }
    await own.sandbox[Symbol.asyncDispose]();
  });

  const getEmulator = (): Emulator => {
    if (!emulator) throw new Error('The emulator starts before the first test: use it in tests and in hooks.');
    return emulator;
  };
  const getOnly = (): TestSandbox => {
    const [own, ...others] = running.values();
    if (!own) throw new Error('The sandbox exists only while a test runs: use it in tests, beforeEach and afterEach.');
    if (own.isConcurrent || others.length > 0) {
      throw new Error(
        'Concurrent tests have a sandbox each. Use of(context).sandbox with the context of the test:' +
          ' it.concurrent(name, async (context) => ...).',
      );
    }
    return own;
  };
  return {
    get emulator() {
      return getEmulator();
    },
    get sandbox() {
      return getOnly().sandbox;
    },
    get urls() {
      return getOnly().urls;
    },
    get env() {
      return getOnly().env;
    },
    of: ({ task }) => {
      const own = running.get(task.id);
      if (!own) throw new Error(`"${task.name}" is not a running test of this emulator.`);
      return own;
    },
  };
}

/** Maximum characters of a test's name in the name of its sandbox. */
const NAMED = 40;

/** Adds a number, because two tests may have the same name, or differ only in characters that are dropped. */
function toSandboxName(test: string, number: number): string {
  const words = test.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const named = words.slice(0, NAMED).replaceAll(/^-|-$/g, '');
  return named === '' ? `test-${number}` : `${named}-${number}`;
}

/** Maximum exchanges that are printed, and characters of each body. */
const LISTED = 20;
const BODY_SHOWN = 300;

/** Describes the exchanges of a sandbox, oldest first. Like the journal, it contains no secrets. */
async function describeJournal({ name, requests }: Sandbox): Promise<string> {
  const { requests: listed, total = listed.length } = await requests.list({ limit: LISTED, count: true });
  if (listed.length === 0) return `The sandbox "${name}" received no requests.`;
  const lines = listed.toReversed().flatMap((entry) => {
    const { request, answer, changes } = entry;
    return [
      renderRequestLine({ ...entry, sandbox: 'default' }, { colours: false }),
      ...(request.body ? [`    asked    ${toLine(request.body)}`] : []),
      ...(answer.body ? [`    answered ${toLine(answer.body)}`] : []),
      ...(changes.length > 0
        ? [`    changed  ${toLine(changes.map(({ collection, key }) => `${collection} ${key}`).join(', '))}`]
        : []),
    ];
  });
  const left = total > listed.length ? `, the last ${listed.length}` : '';
  return [`${total} exchanges in the sandbox "${name}"${left}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** The name contains the test file: another file may have a test of the same name. */
function toFile(folder: string, { file }: TestContext['task'], { sandbox }: TestSandbox): string {
  return join(folder, `${file.name.replaceAll(/[^\w.-]+/g, '-')}.${sandbox.name}.json`);
}

/** Saves the bundle and returns lines to print; none if the test did nothing. */
async function keep(sandbox: Sandbox, file: string): Promise<readonly string[]> {
  try {
    return (await saveBundle(sandbox, file)) ? [`Replay it: credits-emulator bundle run ${file}`] : [];
  } catch (error) {
    return [`No bundle was saved: ${toMessage(error)}`];
  }
}

function toLine(body: string): string {
  return toVisible(shortenTo(BODY_SHOWN, body));
}
