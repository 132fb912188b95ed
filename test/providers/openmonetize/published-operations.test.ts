import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { startProfile } from './event-api.ts';
import { PUBLISHED, type PublishedOperation } from './published-operations.ts';

const README = readFileSync(new URL('../../../src/providers/openmonetize/README.md', import.meta.url), 'utf8');

/** As the README names it: with the names of its parameters, such as `GET /v1/users/{userId}/credits`. */
function toName({ method, path }: PublishedOperation): string {
  const template = path
    .replace(/\/(users)\/[0-9a-f-]{36}/, '/$1/{userId}')
    .replace(/\/(burn-tables|entitlements)\/[0-9a-f-]{36}/, '/$1/{id}');
  return `${method.toUpperCase()} ${template}`;
}

/** The operations whose responses the README lists as different from the published ones. */
function listLeftOut(): readonly string[] {
  const [, section = ''] = /## Deviations from the published document\n([\s\S]*?)\n## /.exec(README) ?? [];
  return [...section.matchAll(/^\| `([A-Z]+ [^`]+)`/gm)].map(([, name = '']) => name);
}

describe('the vendor’s published document', () => {
  const leftOut = listLeftOut();

  it('has 28 operations', () => {
    expect(new Set(PUBLISHED.map(toName)).size).toBe(28);
    expect(leftOut.filter((name) => !PUBLISHED.some((operation) => toName(operation) === name))).toEqual([]);
  });

  it.each(PUBLISHED.map((operation) => [toName(operation), operation] as const))(
    'has %s, which is answered as it says or listed as answered otherwise',
    async (name, { method, path, statuses, fields, data, body }) => {
      const api = await startProfile('head');
      const { status, body: answer } = await api.call(method, path, body);
      const success = statuses[0] === 200 && statuses.includes(202) ? 202 : statuses[0];
      const isAsPublished =
        status === success &&
        (answer === undefined ? fields.length === 0 : sameNames(answer, fields)) &&
        (data === undefined || sameNames((answer as { readonly data: unknown }).data, data));
      expect([name, isAsPublished]).toEqual([name, !leftOut.includes(name)]);
    },
  );
});

function sameNames(value: unknown, names: readonly string[]): boolean {
  const found = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return JSON.stringify([...found].sort()) === JSON.stringify([...names].sort());
}
