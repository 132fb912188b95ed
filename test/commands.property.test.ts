import fc from 'fast-check';
import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { BODY_LIMIT, commandsOf, listStatuses, Pools, type Command } from './support/commands.ts';
import { startApp } from './support/emulator.ts';
import { takeLogged } from './support/log.ts';
import { withoutMagic } from './support/magic.ts';
import { sendCommand } from './support/send-command.ts';
import { loadDocument, loadSubjects } from './support/requests.ts';

/** How many in all; the full length reaches every status, the short one looks for bugs only. */
const COMMANDS = Number(process.env['FUZZ_COMMANDS'] ?? 120);
const FULL_LENGTH = 10_000;
/** At full length, in the mean. */
const OF_EACH = 400;
const IN_ONE_RUN = Math.min(COMMANDS, 500);

describe.each(await loadSubjects())('$title', ({ provider, requests, set }) => {
  const { id } = provider;
  const isStream = ({ operationId }: Command): boolean => requests.operations[operationId]?.stream === true;

  it(`takes ${COMMANDS} commands of its document without a bug, a violation or an undocumented status`, async () => {
    const document = await loadDocument(provider.document);
    const statuses = listStatuses(document);
    // So that a larger document gets no fewer of each operation.
    const length = COMMANDS < FULL_LENGTH ? COMMANDS : Math.max(COMMANDS, statuses.size * OF_EACH);
    const reached = new Map<string, Set<number>>();
    let successes = 0;
    let sent = 0;

    const run = async (commands: readonly Command[]): Promise<void> => {
      const app = await startApp({
        providers: [id],
        set: [...set, ...(requests.set ?? [])],
        journalSize: IN_ONE_RUN,
        bodyLimit: BODY_LIMIT,
      });
      // What they bring on themselves is in no document.
      const { body: state } = (await app.get('/_emulator/state')) as { body: object };
      await app.put('/_emulator/state').send(withoutMagic(state)).expect(204);
      const pools = new Pools(requests);
      for (const { method, path, headers, stream } of Object.values(requests.operations)) {
        if (method !== 'GET' || stream) continue;
        pools.learn((await app.get(`/${id}${path}`).set({ ...requests.headers, ...headers })).body);
      }
      for (const command of commands) {
        const { status, body } = await sendCommand(app, command, {
          prefix: `/${id}`,
          pools,
          isStream: isStream(command),
        });
        const documented = statuses.get(command.operationId) ?? [];
        // An id can make a path that is another operation's or none at all.
        if (status === 404 && !documented.includes(404)) continue;
        expect(documented, `${command.operationId} answers ${status}`).toContain(status);
        reached.set(command.operationId, (reached.get(command.operationId) ?? new Set()).add(status));
        sent += 1;
        if (status < 300) {
          successes += 1;
          pools.learn(body);
        }
      }
      expect(takeLogged()).toEqual([]);
      expect(await findFaults(app)).toEqual([]);
    };

    await fc.assert(
      fc.asyncProperty(
        fc.array(commandsOf(document, requests, provider.basePaths), {
          minLength: IN_ONE_RUN,
          maxLength: IN_ONE_RUN,
          size: 'max',
        }),
        run,
      ),
      { numRuns: Math.ceil(length / IN_ONE_RUN), endOnFailure: true, seed: 20_260_101 },
    );

    expect(successes / sent).toBeGreaterThanOrEqual(0.25);
    if (COMMANDS < FULL_LENGTH) return;
    const missed = [...statuses].flatMap(([operationId, documented]) =>
      documented
        .filter((status) => !requests.unreached?.[operationId]?.includes(status))
        .filter((status) => !reached.get(operationId)?.has(status))
        .map((status) => `${operationId} ${status}`),
    );
    expect(missed).toEqual([]);
  });
});

/** Bugs and violations that the journal knows of. */
async function findFaults(app: TestAgent): Promise<unknown[]> {
  const { requests } = (await app.get(`/_emulator/requests?limit=${IN_ONE_RUN}`)).body as {
    requests: { violations: unknown[]; bug?: string }[];
  };
  return requests.filter(({ violations, bug }) => violations.length > 0 || bug !== undefined);
}
