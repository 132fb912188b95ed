import { describe, expect, it } from 'vitest';

import { Allowance } from '../../../src/core/wire/excerpt.ts';
import { Redaction } from '../../../src/core/wire/redaction.ts';

const redaction = new Redaction(['apiKey', 'api_key', 'password']);

describe('a text', () => {
  it.each([
    ['{"apiKey":"s"}', '{"apiKey":"[redacted]"}'],
    ['{"a":1,"APIKEY" : "s","b":2}', '{"a":1,"APIKEY" : "[redacted]","b":2}'],
    [String.raw`{"apiKey":"s\"s\\","b":"kept"}`, '{"apiKey":"[redacted]","b":"kept"}'],
    [String.raw`{"api\u005fkey":"s"}`, String.raw`{"api\u005fkey":"[redacted]"}`],
    ['{"password":12345,"b":1}', '{"password":"[redacted]","b":1}'],
    ['{"password":null}', '{"password":"[redacted]"}'],
    ['{"password":["s","s"],"b":1}', '{"password":"[redacted]","b":1}'],
    ['{"password":{"a":"s","b":["s]}"]},"b":1}', '{"password":"[redacted]","b":1}'],
    [
      '{"a":{"password":"s"},"b":[{"password":"s"}]}',
      '{"a":{"password":"[redacted]"},"b":[{"password":"[redacted]"}]}',
    ],
    ['{"password":""}', '{"password":"[redacted]"}'],
    ['{"authorization":"Bearer s"}', '{"authorization":"[redacted]"}'],
    ['{\n  "password": "s"\n}', '{\n  "password": "[redacted]"\n}'],
  ])('takes the secret out of %s', (text, redacted) => {
    expect(redaction.text(text)).toBe(redacted);
  });

  it.each([
    ['{"password":"s', '{"password":"[redacted]"'],
    ['{"password":{"a":"s","b', '{"password":"[redacted]"'],
    ['{"password":["s",', '{"password":"[redacted]"'],
    ['{"password":12', '{"password":"[redacted]"'],
    ['{"password":,"b":1}', '{"password":[redacted]'],
    ['[{"password":"s"} garbage', '[{"password":[redacted]'],
    ['{"a":"kept","password":"s"s","b":1}', '{"a":"kept","password":[redacted]'],
    ['x"y {"password":"s"}', 'x"y {"password":[redacted]'],
    ["{'a': 'kept', 'password': 's'}", "{'a': 'kept', 'password':[redacted]"],
    ['{a: "kept", password: "s"}', '{a: "kept", password:[redacted]'],
    ['{"a":"two\nlines","password":"s","b":1}', '{"a":"two\nlines","password":[redacted]'],
    [
      '{"a":"--x\\r\\nContent-Disposition: form-data; name=\\"password\\"\\r\\n\\r\\ns\n',
      '{"a":"--x\\r\\nContent-Disposition: form-data; name=\\"password\\"\\r\\n\\r\\n[redacted]',
    ],
    ['a: kept\n password: s\nb: s', 'a: kept\n password:[redacted]'],
  ])('takes the secret out of what is no JSON: %s', (text, redacted) => {
    expect(redaction.text(text)).toBe(redacted);
  });

  it.each([
    ['/users?api_key=s', '/users?api_key=[redacted]'],
    ['/users?a=1&API_KEY=s&b=2', '/users?a=1&API_KEY=[redacted]&b=2'],
    ['api_key=s&a=1', 'api_key=[redacted]&a=1'],
    ['a=1&api%5fkey=s', 'a=1&api%5fkey=[redacted]'],
    ['password=s=s', 'password=[redacted]'],
    ['password=', 'password=[redacted]'],
    ['user[password]=s&user[name]=a', 'user[password]=[redacted]&user[name]=a'],
    ['user%5Bpassword%5D=s', 'user%5Bpassword%5D=[redacted]'],
    ['%zz=1&password=s', '%zz=1&password=[redacted]'],
  ])('takes the secret out of %s', (text, redacted) => {
    expect(redaction.text(text)).toBe(redacted);
  });

  it.each([
    ['form-data; name="password"', '[redacted]'],
    ['form-data; filename="a.txt"; name="password"', '[redacted]'],
    ['form-data; name=password', '[redacted]'],
    ['form-data; name="password"\r\nContent-Type: text/plain', '[redacted]'],
    ['form-data; name="user[password]"', '[redacted]'],
    ['form-data; name="note"; filename="password"', 'one\r\ntwo'],
    ['form-data; name="note"', 'one\r\ntwo'],
  ])('reads the name of a part with Content-Disposition: %s', (disposition, content) => {
    const part = (body: string): string =>
      `--x\r\nContent-Disposition: ${disposition}\r\n\r\n${body}\r\n--x\r\nContent-Disposition: form-data; name="b"\r\n\r\nkept\r\n--x--\r\n`;
    expect(redaction.text(part('one\r\ntwo'))).toBe(part(content));
  });

  it.each(['--s', '--one\r\n--two', '--y\r\n--y--', '--xyz', '--', '-- x\r\n--x y'])(
    'takes a secret that looks like the end of a part for what it is: %j',
    (secret) => {
      const part = (body: string): string =>
        `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${body}\r\n--x\r\nContent-Disposition: form-data; name="b"\r\n\r\nkept\r\n--x--\r\n`;
      expect(redaction.text(part(secret))).toBe(part('[redacted]'));
      expect(redaction.text(part(secret).replaceAll('\r', ''))).toBe(part('[redacted]').replaceAll('\r', ''));
    },
  );

  it('knows parts by their boundary behind a preamble and before spaces, too', () => {
    const part = (body: string): string =>
      `A preamble.\r\n--x \r\nContent-Disposition: form-data; name="password"\r\n\r\n${body}\r\n--x\t\r\nContent-Disposition: form-data; name="b"\r\n\r\nkept\r\n--x--`;
    expect(redaction.text(part('--s'))).toBe(part('[redacted]'));
  });

  it('takes the secret out of a part that is cut off', () => {
    const head = '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n';
    expect(redaction.text(`${head}s\r\ns`)).toBe(`${head}[redacted]`);
  });

  it.each([
    '',
    'text with a password in it: s',
    '{"note":"your password: see the door","passwords":"kept","a password":"kept"}',
    '["password","kept"]',
    '/users/password/api_key?passwords=kept&x',
    '{"a":"b:c","d":{"e":[1,2]}}',
  ])('leaves %j alone', (text) => {
    expect(redaction.text(text)).toBe(text);
  });

  it.each([
    ['with raw spaces', 'email=a@b.c&password=my own secret&x=kept now', 'email=a@b.c&password=[redacted]&x=kept now'],
    ['of a list', 'password[]=s&password[]=s&x=1', 'password[]=[redacted]&password[]=[redacted]&x=1'],
    ['of a map', 'user[PassWord][x]=s&x=1', 'user[PassWord][x]=[redacted]&x=1'],
    ['that holds JSON', 'data={"a":"b","password":"s&s"}&x=1', 'data={"a":"b","password":[redacted]'],
    [
      'that holds encoded JSON',
      'data=%7B%22a%22%3A%22kept%22%2C%22password%22%3A%22s%22%7D&x=1',
      'data=%7B%22a%22%3A%22kept%22%2C%22password%22%3A%22[redacted]%22%7D&x=1',
    ],
    [
      'that holds an encoded form',
      'next=%2Fin%3Fpassword%3Ds%26x%3D1&x=1',
      'next=%2Fin%3Fpassword%3D[redacted]%26x%3D1&x=1',
    ],
    ['that is JSON', '{"password":"s&s=s","x":"kept"}', '{"password":"[redacted]","x":"kept"}'],
    ['that begins like JSON', '{=1&password=s"s&x=1', '{=1&password=[redacted]&x=1'],
  ])('takes the secret out of a form %s', (_, text, redacted) => {
    expect(redaction.body(text, 'application/x-www-form-urlencoded')).toBe(redacted);
  });

  it.each([
    [
      String.raw`{"body":"{\"password\":\"s\",\"b\":\"kept\"}","c":1}`,
      String.raw`{"body":"{\"password\":\"[redacted]\",\"b\":\"kept\"}","c":1}`,
    ],
    [
      JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: 's', c: 'kept' }) }) }),
      JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: '[redacted]', c: 'kept' }) }) }),
    ],
    [String.raw`{"body":"{\"password\":\"s`, String.raw`{"body":"{\"password\":\"[redacted]\"`],
    ['{"url":"https://a/b?x=1&password=s&y=2#z"}', '{"url":"https://a/b?x=1&password=[redacted]&y=2#z"}'],
    ['{"form":"password=s&y=2"}', '{"form":"password=[redacted]&y=2"}'],
    ['{"{\\"password\\":\\"s\\"}":""}', '{"{\\"password\\":\\"[redacted]\\"}":""}'],
    ['{"a":1}\n{"password":"s"}\n{"b":"kept"}', '{"a":1}\n{"password":"[redacted]"}\n{"b":"kept"}'],
  ])('takes the secret out of the text inside %s', (text, redacted) => {
    expect(redaction.body(text, 'application/json')).toBe(redacted);
  });

  it('takes the secret out of text of two bytes a character', () => {
    const text = Buffer.from('{"password":"s"}', 'utf16le').toString();
    expect(redaction.body(text, 'application/json; charset=utf-16le')).toBe('[redacted]');
    const kept = Buffer.from('{"note":"s"}', 'utf16le').toString();
    expect(redaction.body(kept, 'application/json; charset=utf-16le')).toBe(kept);
  });

  describe('of several parts', () => {
    const of = (head: string, content: string): string =>
      `--x\r\n${head}\r\n\r\n${content}\r\n--x\r\nContent-Disposition: form-data; name="b"\r\n\r\nkept\r\n--x--\r\n`;

    it.each([
      'Content-Disposition: form-data;\r\n name="password"',
      'Content-Disposition:\r\n\tform-data; name="password"',
      "Content-Disposition: form-data; name*=utf-8''password",
      "Content-Disposition: form-data; name*=utf-8'en'pass%77ord",
      'Content-Disposition: form-data; filename="; name=x"; name="password"',
      'Content-Disposition: form-data; name="password"; filename="; name=x"',
      'Content-Disposition: form-data; name="x"; name="password"',
      'CONTENT-DISPOSITION : form-data; NAME=password',
      'Content-Disposition: form-data; name="password[]"',
    ])('takes out the secret of %j', (head) => {
      expect(redaction.body(of(head, 's'), 'multipart/form-data; boundary=x')).toBe(of(head, '[redacted]'));
    });

    it.each([
      'Content-Type: text/plain',
      'Content-Disposition: form-data',
      'Content-Disposition: form-data; name',
      'Content-Disposition: form-data; name="x',
      'Content-Disposition: form-data; filename="\\"; name="x"',
      'Content-Disposition: form-data; name="x"\r\nContent-Disposition: form-data; name="x"',
      'no header',
    ])('hides what has no name that can be told: %j', (head) => {
      expect(redaction.body(of(head, 's'), 'multipart/form-data; boundary=x')).toBe(of(head, '[redacted]'));
    });

    it('shows what is not secret, files and their names too', () => {
      const text = of(
        'Content-Disposition: form-data; name="a"; filename="password; name=password.txt"',
        'one\r\n\r\ntwo',
      );
      expect(redaction.body(text, 'multipart/form-data; boundary="x"')).toBe(text);
    });

    it('takes out the secret in the JSON of a part', () => {
      const head = 'Content-Disposition: form-data; name="a"';
      expect(redaction.body(of(head, '{"password":"s"}'), 'multipart/form-data; boundary=x')).toBe(
        of(head, '{"password":"[redacted]"}'),
      );
    });

    it('keeps to the boundary that the Content-Type names', () => {
      const head = 'Content-Disposition: form-data; name="password"';
      const text = `--y\r\n${of(head, '--y')}`;
      expect(redaction.body(text, 'multipart/form-data; boundary=x')).toBe(`--y\r\n${of(head, '[redacted]')}`);
    });

    it('takes the secret out of a part without any boundary', () => {
      const head = 'Content-Disposition: form-data; name="password"\r\n\r\n';
      expect(redaction.body(`${head}s`, 'multipart/form-data; boundary=x')).toBe(`${head}[redacted]`);
    });
  });
});

/** Six times what is kept of a body: where work grew with the square of it, this would take long. */
const LONG = 100_000;

function fill(piece: string): string {
  return piece.repeat(Math.ceil(LONG / piece.length));
}

it.each([
  JSON.stringify({
    body: JSON.stringify(Array.from({ length: 5000 }, (_, index) => ({ name: `a ${index}`, b: '"' }))),
  }),
  fill('"'),
  fill('\\"'),
  fill('{"password":'),
  fill('[{"a":'),
  fill('" :'),
  fill('=:'),
  fill(' '),
  fill('password '),
  fill('%25'),
  fill('a%3D'),
  fill('&a=%'),
  `{"a":"${fill('\\\\')}`,
  `%${fill('25')}`,
  `content-disposition:${fill('name=')}`,
  fill('content-disposition: '),
  fill('--x\r\n'),
  `--x\r\n${fill('content-disposition: form-data; name="a"\n\n')}`,
  `--x\n${fill('content-disposition: form-data; name="password"\r\n\r\n--x y\n')}`,
  `--x\r\ncontent-disposition: form-data${fill('; a="b"')}`,
])('takes no longer over a body that is made to take long: %#', (text) => {
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    expect(redaction.body(text, type).length).toBeLessThanOrEqual(text.length * 2);
  }
});

it('hides more secrets than a call may have arguments', () => {
  const text = JSON.stringify({ a: 'password=s&'.repeat(200_000) });
  expect(redaction.text(text)).toBe(text.replaceAll('=s', '=[redacted]'));
});

describe('headers', () => {
  it('are shown without those that are secret, and without the secrets in the others', () => {
    const chained = new Redaction(['x-chain-*']);
    const headers = {
      'x-chain-0': 's',
      'X-Chain-17': 's',
      'x-chain': 'kept',
      'set-cookie': ['s', 's'],
      referer: 'https://a.example/in?x=1&access_token=s&y=2',
      location: '/#access_token=s',
      'x-metadata': '{"Access_Token":"s","b":1}',
      'content-length': 12,
      vary: ['Origin', 'Accept'],
    };
    expect(chained.headers(headers)).toEqual({
      'x-chain-0': '[redacted]',
      'X-Chain-17': '[redacted]',
      'x-chain': 'kept',
      'set-cookie': '[redacted]',
      referer: 'https://a.example/in?x=1&access_token=[redacted]&y=2',
      location: '/#access_token=[redacted]',
      'x-metadata': '{"Access_Token":"[redacted]","b":1}',
      'content-length': 12,
      vary: ['Origin', 'Accept'],
    });
  });
});

describe('a record', () => {
  const show = (record: object, bytes = 16_384): unknown => redaction.record(record, new Allowance(bytes));

  it('takes secrets out of an object at any depth and leaves the original as it was', () => {
    const original = {
      'X-Api-Key': 's',
      Cookie: ['s', 's'],
      note: 'kept',
      deep: [{ apiKey: { a: 's' }, count: 1 }, null, 'kept'],
    };
    const copy = structuredClone(original);
    expect(show(original)).toEqual({
      'X-Api-Key': '[redacted]',
      Cookie: '[redacted]',
      note: 'kept',
      deep: [{ apiKey: '[redacted]', count: 1 }, null, 'kept'],
    });
    expect(original).toEqual(copy);
  });

  it('keeps a field called __proto__ as data', () => {
    const record = JSON.parse('{"__proto__":{"password":"s"}}') as object;
    expect(JSON.stringify(show(record))).toBe('{"__proto__":{"password":"[redacted]"}}');
  });

  it('is shown as far as there is room, with a mark where the rest is missing', () => {
    expect(show({ a: 'x'.repeat(30), b: 1 }, 20)).toEqual({
      a: `${'x'.repeat(15)}[cut: 15 more characters]`,
      '[cut]': 'more fields',
    });
    expect(show({ list: ['12345', '12345', '12345', '12345'] }, 20)).toEqual({
      list: ['12345', '12345', '[cut: 2 more]'],
    });
    expect(show({ a: 'é'.repeat(9) }, 14)).toEqual({ a: `${'é'.repeat(4)}[cut: 5 more characters]` });
    expect(show({ a: '{"password":"secret"}' }, 22)).toEqual({ a: '{"password":"[redacted]"[cut: 4 more characters]' });
  });

  it('is not read further than it is shown', () => {
    let reads = 0;
    const list = new Proxy<unknown[]>([], {
      get: (_, name) => {
        if (name === 'length') return 1_000_000_000;
        reads += 1;
        return name === Symbol.iterator ? Array.prototype[Symbol.iterator] : 'x';
      },
    });
    expect(JSON.stringify(show({ list }, 100))).toContain('[cut: 9');
    expect(reads).toBeLessThan(200);
  });

  it('shares the room that all of an entry have', () => {
    const whole = new Allowance(30);
    const some = (): unknown => redaction.record({ a: 'x'.repeat(15) }, new Allowance(20, whole));
    expect([some(), some(), some()]).toEqual([
      { a: 'x'.repeat(15) },
      { a: 'xxxxx[cut: 10 more characters]' },
      { '[cut]': 'more fields' },
    ]);
  });
});

it('knows the names that begin as one that ends in a star, whatever the case of either', () => {
  expect(new Redaction(['X-Session-*']).text('{"x-SESSION-id":"s"}')).toBe('{"x-SESSION-id":"[redacted]"}');
});
