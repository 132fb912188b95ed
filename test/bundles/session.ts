import fc from 'fast-check';
import type TestAgent from 'supertest/lib/agent.js';

import { listSubjects, type Subject as SubjectOf } from '../../src/conformance/subject.ts';
import { bundled } from '../../src/providers/index.ts';
import { commandsOf, Pools, type Command } from '../support/commands.ts';
import { controlCommandsOf } from '../support/control-commands.ts';
import { loadDocument, loadRequests, type ProviderRequests } from '../support/requests.ts';
import { sendCommand } from '../support/send-command.ts';

type Subject = SubjectOf<ProviderRequests>;

/** One thing that somebody does in one of several sandboxes. */
export interface Step {
  readonly sandbox: string;
  readonly what:
    | { readonly kind: 'call'; readonly subject: Subject; readonly command: Command }
    | { readonly kind: 'control'; readonly subject: Subject; readonly command: Command }
    | {
        readonly kind: 'act';
        readonly method: 'post' | 'put' | 'delete';
        readonly path: string;
        readonly body?: object;
      };
  /** Whether what comes next in its sandbox comes before this has been answered. */
  readonly isCrossed: boolean;
  /** Of a stream, how many steps go by before its client leaves. */
  readonly stays: number;
}

export const SANDBOXES = ['default', 'one', 'two'] as const;

const EFFECTS = [
  { phase: 'before', effect: { status: 503 } },
  { phase: 'after', effect: { status: 500 } },
  { phase: 'after', effect: { status: 502, delay: 3 } },
  { phase: 'before', effect: { delay: { uniform: [0, 4] } } },
  { phase: 'during', effect: { body: 'garbage' } },
  { phase: 'during', effect: { body: 'truncate' } },
  { phase: 'during', effect: { body: 'malformed-json' } },
  { phase: 'before', effect: { connection: 'reset' } },
  { phase: 'after', effect: { connection: 'empty' } },
  // None with which a client waits for its first event.
  ...['duplicate', 'drop', 'stall', 'gap', 'reorder', 'malformed'].map((how) => ({
    phase: 'during',
    effect: { stream: { [how]: { after: 1 } } },
  })),
  { phase: 'before', effect: { hold: { until: 2, release: 'reverse', timeout: 20 } } },
  { phase: 'after', effect: { hold: { until: 3, release: [2, 3, 1], timeout: 20 } } },
];

const acts: fc.Arbitrary<Step['what']> = fc.oneof(
  fc
    .record({
      rule: fc.constantFrom(...EFFECTS),
      probability: fc.constantFrom(0.2, 0.5, 1),
      times: fc.integer({ min: 1, max: 5 }),
      skip: fc.nat(3),
    })
    .map(({ rule, ...others }) => ({
      kind: 'act' as const,
      method: 'post' as const,
      path: '/faults',
      body: { ...rule, ...others },
    })),
  fc.constantFrom<Step['what']>(
    { kind: 'act', method: 'delete', path: '/faults' },
    { kind: 'act', method: 'put', path: '/clock', body: { frozen: false } },
    { kind: 'act', method: 'put', path: '/clock', body: { frozen: true } },
    { kind: 'act', method: 'put', path: '/clock', body: { now: '2026-02-01T00:00:00Z' } },
    { kind: 'act', method: 'post', path: '/clock/advance', body: { by: 'P2D' } },
    { kind: 'act', method: 'post', path: '/reset', body: { keep: ['faults'] } },
    { kind: 'act', method: 'put', path: '/snapshots/before' },
    { kind: 'act', method: 'post', path: '/snapshots/before/restore' },
  ),
);

const subjects = await Promise.all(
  bundled.map(async ({ provider }) => {
    // One of each: two variants of a service do not run together.
    const [subject] = listSubjects(provider, await loadRequests(provider.id));
    if (!subject) throw new Error(`${provider.id} is no subject.`);
    return subject;
  }),
);

/** Random steps over all services. */
export async function arbitrarySession(length: number): Promise<fc.Arbitrary<readonly Step[]>> {
  const arbitraries = await Promise.all(
    subjects.map(async (subject) => {
      const { provider, requests } = subject;
      const document = await loadDocument(provider.document);
      // What receivers of webhooks answer cannot be repeated.
      const isPlain = ({ operationId }: Command): boolean => !/webhook|announce/i.test(operationId);
      const call = commandsOf(document, requests, provider.basePaths).filter(isPlain);
      const control = controlCommandsOf(provider, requests).filter(isPlain);
      return fc.oneof(
        { weight: 5, arbitrary: call.map((command): Step['what'] => ({ kind: 'call', subject, command })) },
        { weight: 1, arbitrary: control.map((command): Step['what'] => ({ kind: 'control', subject, command })) },
      );
    }),
  );
  const what = fc.oneof(...arbitraries.map((arbitrary) => ({ weight: 2, arbitrary })), { weight: 1, arbitrary: acts });
  const step = fc.record({
    sandbox: fc.constantFrom(...SANDBOXES),
    what,
    isCrossed: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true)),
    stays: fc.nat(10),
  });
  return fc.array(step, { minLength: length, maxLength: length, size: 'max' });
}

/** What the services have to be started with. */
export const OPTIONS = {
  set: subjects.flatMap(({ set, requests }) => [...set, ...(requests.set ?? [])]),
  providers: subjects.map(({ provider }) => provider.id),
};

/** Does it all, in all sandboxes at the same time. */
export async function runSession(app: TestAgent, steps: readonly Step[]): Promise<void> {
  await Promise.all(
    SANDBOXES.map((sandbox) =>
      runSteps(
        app,
        sandbox,
        steps.filter((step) => step.sandbox === sandbox),
      ),
    ),
  );
}

async function runSteps(app: TestAgent, sandbox: string, steps: readonly Step[]): Promise<void> {
  const pools = new Map(subjects.map((subject) => [subject, new Pools(subject.requests)]));
  const listening: { readonly until: number; readonly leave: () => void }[] = [];
  const crossed: Promise<unknown>[] = [];
  for (const [index, step] of steps.entries()) {
    for (const { until, leave } of listening) if (until === index) leave();
    const done = runStep(app, step, sandbox, pools, (leave) => {
      listening.push({ until: index + step.stays, leave });
    });
    // What a fault has done to it cannot always be read.
    const settled = done.catch(() => undefined);
    if (step.isCrossed) crossed.push(settled);
    else await settled;
  }
  await Promise.all(crossed);
  for (const { leave } of listening) leave();
}

async function runStep(
  app: TestAgent,
  { what }: Step,
  sandbox: string,
  pools: ReadonlyMap<Subject, Pools>,
  onOpen: (leave: () => void) => void,
): Promise<void> {
  if (what.kind === 'act') {
    const { method, path, body } = what;
    await app[method](`/_sandbox/${sandbox}/_emulator${path}`).send(body ?? {});
    return;
  }
  const { subject, command } = what;
  const own = pools.get(subject) ?? new Pools(subject.requests);
  const prefix = `/_sandbox/${sandbox}/${what.kind === 'call' ? subject.provider.id : '_emulator'}`;
  const isStream = subject.requests.operations[command.operationId]?.stream === true;
  const answer = await sendCommand(app, command, { prefix, pools: own, isStream, onOpen });
  if (answer.status < 300) own.learn(answer.body);
}
