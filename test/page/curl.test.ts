import { expect, it } from 'vitest';

import type { JournalEntry } from '../../src/client.ts';
import { quoteWord, toCurl } from '../../src/page/curl.ts';

const CONTEXT = { url: 'http://127.0.0.1:1/', env: { TILL_BASE_URL: 'x', TILL_API_KEY: 'secret' }, prefix: 'Bearer ' };
const entry = (headers: object, body: string | null): JournalEntry =>
  ({ method: 'PUT', url: "/it's?a=1&b=2", request: { headers, body } }) as unknown as JournalEntry;

it('is a command that means to a shell what was sent, with the variable of a secret in its place', () => {
  const headers = { host: 'x', Authorization: '[redacted]', 'X-Note': '$HOME `id`', 'X-Key': '$(v1) [redacted] "x' };
  expect(toCurl(entry(headers, `{"a":"it's $1"}`), CONTEXT)).toBe(
    [
      `curl -X PUT 'http://127.0.0.1:1/it'\\''s?a=1&b=2'`,
      `-H 'Authorization: Bearer '"$TILL_API_KEY"`,
      "-H 'X-Note: $HOME `id`'",
      `-H 'X-Key: $(v1) '"$TILL_API_KEY"' "x'`,
      `--data-raw '{"a":"it'\\''s $1"}'`,
    ].join(' \\\n  '),
  );
});

it.each([null, '', 'long [cut]'])('sends no body where there was %j', (body) => {
  expect(toCurl(entry({}, body), CONTEXT)).not.toContain('--data');
});

it('quotes only what has to be', () => {
  expect(['/users/ada', '', 'a b', "'"].map(quoteWord)).toEqual(['/users/ada', "''", "'a b'", `''\\'''`]);
});
