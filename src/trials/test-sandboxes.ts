import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, type TestContext } from 'vitest';

import type { ByProvider } from '../client/names.ts';
import type { JournalEntry } from '../client/record.ts';
import type { Sandbox } from '../client/sandbox.ts';
import type { EmulatorOptions } from '../config/options.ts';
import { renderRequestLine, toVisible } from '../control/request-line.ts';
import { toMessage } from '../core/values/message.ts';
import { shortenTo } from '../core/values/quotation.ts';
import { createEmulator, type Emulator } from '../compose/emulator.ts';
import { saveBundle } from './bundle-saving.ts';

/** What belongs to one test. */
export interface TestSandbox {
  /** With all that can be done with it. */
  readonly sandbox: Sandbox;
  /** Base URLs of providers in it, by id. */
  readonly urls: ByProvider<string>;
  /** The variables that point clients at it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Belongs to the test that is running. Read it there; what is taken out of it before is refused. */
export interface EmulatorInTests extends TestSandbox {
  readonly emulator: Emulator;
  /** The same by the context of a test, which is what tests need that run at the same time. */
  of(context: TestContext): TestSandbox;
}

/** As those of `createEmulator`, and what becomes of a test that fails. */
export interface TestOptions extends EmulatorOptions {
  /** A folder to which what a failed test did is written as a bundle, for `credits-emulator bundle run`; made where there is none. */
  readonly bundleOnFailure?: string;
}

/**
 * Starts an emulator on free ports before the tests of the file, or of the `describe` that this stands in, and closes
 * it behind them. Each test has a sandbox of its own, which goes at its end. What a failed test has asked for is
 * printed.
 *
 * @param options as those of `createEmulator`, and `bundleOnFailure`
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
      // At once: what is printed later is no longer taken for this test's.
      report(told.join('\n'));
    }
    await own.sandbox[Symbol.asyncDispose]();
  });

  const getEmulator = (): Emulator => {
    if (!emulator) throw new Error('The emulator starts before the first test: use it in tests and in hooks.');
    return emulator;
  };
  const getOnly = (): TestSandbox => {
    const [own, ...others] = running.values();
    if (!own) throw new Error('There is a sandbox while a test runs: use it in tests and in hooks for each test.');
    if (own.isConcurrent || others.length > 0) {
      throw new Error(
        'Tests run at the same time, and none can be told from another here. Use of(context).sandbox with what the' +
          ' test is called with: it.concurrent(name, async (context) => ...).',
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
      if (!own) throw new Error(`"${task.name}" is no test that is running with this emulator.`);
      return own;
    },
  };
}

/** Characters of a test's name that its sandbox is called by. */
const NAMED = 40;

/** With a number, since two tests may be called the same, or differ only where a sandbox's name cannot. */
function toSandboxName(test: string, number: number): string {
  const words = test.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const named = words.slice(0, NAMED).replaceAll(/^-|-$/g, '');
  return named === '' ? `test-${number}` : `${named}-${number}`;
}

/** Exchanges that are printed, and characters of each body. */
const LISTED = 20;
const BODY_SHOWN = 300;

/** What a sandbox was asked and how it answered, oldest first. Secrets are not in it, as nowhere in the journal. */
async function describeJournal({ name, requests }: Sandbox): Promise<string> {
  const { requests: listed, total = listed.length } = await requests.list({ limit: LISTED, count: true });
  if (listed.length === 0) return `No provider was asked for anything in the sandbox "${name}".`;
  const lines = listed.toReversed().flatMap((entry) => {
    const { request, answer, changes } = entry;
    return [
      renderRequestLine({ ...entry, sandbox: 'default' }, { colours: false }),
      ...(request.body ? [`    asked    ${toLine(request.body)}`] : []),
      ...(answer.body ? [`    answered ${toLine(answer.body)}`] : []),
      ...(changes.length > 0 ? [`    changed  ${toLine(changes.map(toRecord).join(', '))}`] : []),
    ];
  });
  const left = total > listed.length ? `, the last ${listed.length}` : '';
  return [`${total} exchanges in the sandbox "${name}"${left}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Other files of tests may have one that is called the same. */
function toFile(folder: string, { file }: TestContext['task'], { sandbox }: TestSandbox): string {
  return join(folder, `${file.name.replaceAll(/[^\w.-]+/g, '-')}.${sandbox.name}.json`);
}

/** What is to be said of it: nothing where the test has done nothing. */
async function keep(sandbox: Sandbox, file: string): Promise<readonly string[]> {
  try {
    return (await saveBundle(sandbox, file)) ? [`To see it again: credits-emulator bundle run ${file}`] : [];
  } catch (error) {
    return [`There is no bundle: ${toMessage(error)}`];
  }
}

function toRecord({ collection, key }: JournalEntry['changes'][number]): string {
  return `${collection} ${key}`;
}

function toLine(body: string): string {
  return toVisible(shortenTo(BODY_SHOWN, body));
}

/** By the way that vitest shows under the name of the test. */
function report(text: string): void {
  // eslint-disable-next-line no-console
  console.error(text);
}
