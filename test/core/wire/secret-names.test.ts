import { describe, expect, it } from 'vitest';

import { Redaction } from '../../../src/core/wire/redaction.ts';

const redaction = new Redaction([]);

it('headers that carry a key or a token are hidden at every provider, and user info in a Referer', () => {
  const headers = { 'x-auth-token': 's', 'api-key': 's', referer: 'http://a:s@h/', accept: 'kept', key: 'kept' };
  expect(redaction.headers(headers)).toEqual({
    ...{ 'x-auth-token': '[redacted]', 'api-key': '[redacted]', referer: 'http://[redacted]@h/' },
    ...{ accept: 'kept', key: 'kept' },
  });
});

describe('a text', () => {
  it.each([
    'pwd',
    'passwd',
    'secret',
    'new_password',
    'passwordConfirmation',
    'confirm-password',
    'authToken',
    'privateKey',
    'clientSecret',
    'secretKey',
  ])('knows that %s is secret at every provider', (name) => {
    expect(redaction.text(`{"${name}":"s","a":"kept"}`)).toBe(`{"${name}":"[redacted]","a":"kept"}`);
    expect(redaction.text(`/a?${name}=s&a=kept`)).toBe(`/a?${name}=[redacted]&a=kept`);
  });

  it.each([
    [
      '[{"name":"password","value":"s"},{"name":"a","value":"kept"}]',
      '[{"name":"password","value":"[redacted]"},{"name":"a","value":"kept"}]',
    ],
    ['[{"value":"s","key":"password"}]', '[{"value":"[redacted]","key":"password"}]'],
    [
      '{"key":"password","a":{"value":"kept"},"value":{"b":"s"}}',
      '{"key":"password","a":{"value":"kept"},"value":"[redacted]"}',
    ],
    ['[{"name":"password","value":"s', '[{"name":"password","value":"[redacted]"'],
  ])('hides the value that is next to a secret name: %s', (text, redacted) => {
    expect(redaction.text(text)).toBe(redacted);
  });

  it.each([
    ['<a><password>s</password><b>kept</b></a>', '<a><password>[redacted]</password><b>kept</b></a>'],
    ['<x:Password type="text">s</x:Password>', '<x:Password type="text">[redacted]</x:Password>'],
    ['<password><![CDATA[s<s]]></password><b>kept</b>', '<password>[redacted]</password><b>kept</b>'],
    ['<password><b>s</b></password>', '<password>[redacted]</password>'],
    ['<password>s', '<password>[redacted]'],
    ['<password/><b>kept</b>', '<password/><b>kept</b>'],
  ])('takes the secret out of the XML %s', (text, redacted) => {
    expect(redaction.text(text)).toBe(redacted);
  });

  it.each([
    ['http://ada:s@h/a?b=c', 'http://[redacted]@h/a?b=c'],
    ['{"callback":"https://s@h/a"}', '{"callback":"https://[redacted]@h/a"}'],
    [String.raw`{"callback":"https:\/\/a:s@h/a"}`, String.raw`{"callback":"https:\/\/[redacted]@h/a"}`],
    ['to=http%3A%2F%2Fada%3As%40h%2Fa&b=kept', 'to=http%3A%2F%2F[redacted]%40h%2Fa&b=kept'],
    ['http://h/a@b', 'http://h/a@b'],
  ])('hides the user info of the URL in %s', (text, redacted) => {
    expect(redaction.text(text)).toBe(redacted);
  });
});
