import { isDeepStrictEqual } from 'node:util';

import { expect, it } from 'vitest';

import { listSubjects } from '../../src/conformance/subject.ts';
import { SAMPLE_FAILURES } from '../../src/core/provider/failure-samples.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import type { Reply } from '../../src/core/wire/reply.ts';
import { bundled } from '../../src/providers/index.ts';
import { toFailedRequest } from '../support/failed-request.ts';
import { loadRequests } from '../support/requests.ts';

const STATUSES = [299, 400, 401, 402, 403, 404, 409, 413, 415, 422, 429, 500, 501, 502, 503, 599];

/**
 * What the conformance suite takes from a provider as it is: its policies, and what it says to each kind of failure.
 * After a change that a vendor's facts ask for: npx vitest run test/providers/facts -u
 */
it('keeps hosts, policies and the texts of failures as the vendors have them', async () => {
  const lines: string[] = [];
  for (const { provider } of bundled) {
    for (const subject of listSubjects(provider, await loadRequests(provider.id))) {
      const { hosts, basePaths, stages, body, paths, cors, headers, coercion, failures } = subject.provider;
      const facts = { hosts, basePaths, stages, body, paths, cors, headers, coercion, failures };
      for (const [name, fact] of [...Object.entries(facts), ...listTexts(subject.provider)]) {
        const text = ` ${name}: ${JSON.stringify(fact)}`;
        // A variant has what is its own.
        if (!lines.includes(provider.id + text)) lines.push(subject.title + text);
      }
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('facts.txt');
});

function* listTexts({ operations, renderFailure }: Provider): IterableIterator<readonly [string, Reply]> {
  for (const failure of SAMPLE_FAILURES) {
    const details = 'cause' in failure ? ` ${failure.cause}` : '';
    if (failure.kind !== 'injected') yield [failure.kind + details, renderFailure(failure, toFailedRequest())];
  }
  for (const status of STATUSES) {
    const inject = (id?: string, message?: string): Reply =>
      renderFailure({ kind: 'injected', status, message }, toFailedRequest(id));
    const usual = inject();
    yield [`injected ${status}`, usual];
    yield [`injected ${status} with a message`, inject(undefined, 'down')];
    for (const id of Object.keys(operations).sort()) {
      if (!isDeepStrictEqual(inject(id), usual)) yield [`injected ${status} into ${id}`, inject(id)];
    }
  }
}
