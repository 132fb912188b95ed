import fc from 'fast-check';
import { expect, it } from 'vitest';

import { Redaction } from '../../../src/core/wire/redaction.ts';
import { propertyRuns } from '../../support/property.ts';

const redaction = new Redaction(['api_key', 'x-chain-*']);
/** What no generator makes by accident and no encoding changes. */
const MARK = 'zqxjkv';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const MULTIPART_TYPE = 'multipart/form-data; boundary=limit';

/** A text as it could be sent. */
interface Sent {
  readonly text: string;
  readonly type: string;
}

const free = fc.string({ unit: 'binary', maxLength: 12 });
const plain = fc.stringMatching(/^[a-z0-9 _.-]{0,12}$/);
const space = fc.constantFrom('', ' ', '\n', '\t  ');

/** Another spelling that means the same name. */
function spell(name: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((letter, index) => (upper[index] ? letter.toUpperCase() : letter)).join(''));
}

function toJson(name: string): fc.Arbitrary<Sent> {
  const text = fc.record({
    name: spell(name),
    value: fc.tuple(free, free).map(([before, after]) => `${before}${MARK}${after}`),
    others: fc.dictionary(plain, fc.jsonValue(), { maxKeys: 3 }),
    wrap: fc.constantFrom<(value: unknown) => unknown>(
      (value) => value,
      (value) => [1, value],
      (value) => ({ of: { value } }),
    ),
    around: fc.constantFrom<(value: unknown) => unknown>(
      (value) => value,
      (value) => [{}, value],
      (value) => ({ first: null, value, last: 1 }),
    ),
    indent: fc.constantFrom('', '  ', '\t'),
    escape: fc.boolean(),
  });
  return text.map(({ name: spelt, value, others, wrap, around, indent, escape }) => {
    const sent = JSON.stringify(around({ ...others, [spelt]: wrap(value), z: 1 }), null, indent);
    // Another way to write the same.
    return {
      text: escape ? sent.replace(`"${spelt.charAt(0)}`, (begin) => `"${toUnicodeEscape(begin.slice(1))}`) : sent,
      type: JSON_TYPE,
    };
  });
}

function toUnicodeEscape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** JSON that a client put together by hand. */
function toBrokenJson(name: string): fc.Arbitrary<Sent> {
  return fc
    .tuple(spell(name), plain, free, space, fc.constantFrom('"', "'"))
    .map(([spelt, before, after, gap, quote]) => ({
      text: `{${quote}a${quote}: ${quote}b${quote}, ${quote}${spelt}${quote}${gap}:${gap}${quote}${before}${quote}${MARK}${after}`,
      type: JSON_TYPE,
    }));
}

function toForm(name: string): fc.Arbitrary<Sent> {
  const names = spell(name).chain((spelt) =>
    fc.constantFrom(
      spelt,
      `user[${spelt}]`,
      `${spelt}[]`,
      `${spelt}[0][a]`,
      encodeURIComponent(`user[${spelt}]`),
      `%${spelt.charCodeAt(0).toString(16)}${spelt.slice(1)}`,
    ),
  );
  const value = fc.oneof(
    fc.tuple(plain, plain).map(([before, after]) => `${before}${MARK}${after}`),
    fc.tuple(free, free).map(([before, after]) => encodeText(`${before}${MARK}${after}`)),
  );
  const others = fc.array(
    fc.tuple(plain, free).map(([other, text]) => `${encodeText(other)}=${encodeText(text)}`),
    { maxLength: 2 },
  );
  return fc.tuple(others, names, value, others).map(([before, spelt, text, after]) => ({
    text: [...before, `${spelt}=${text}`, ...after].join('&'),
    type: FORM_TYPE,
  }));
}

function toMultipart(name: string): fc.Arbitrary<Sent> {
  const disposition = spell(name).chain((spelt) =>
    fc.constantFrom(
      `Content-Disposition: form-data; name="${spelt}"`,
      `content-disposition: form-data; filename="; name=x"; name="${spelt}"`,
      `Content-Disposition: form-data;\r\n name=${spelt}`,
      `Content-Disposition: form-data; name*=utf-8''${spelt}`,
      `Content-Type: text/plain\r\nContent-Disposition: form-data; name="user[${spelt}]"`,
    ),
  );
  return fc.tuple(disposition, free, free, space).map(([head, before, after, preamble]) => ({
    text: `${preamble}${preamble === '' ? '' : '\r\n'}--limit\r\nContent-Disposition: form-data; name="a"\r\n\r\nkept\r\n--limit\r\n${head}\r\n\r\n${before}${MARK}${after}\r\n--limit--\r\n`,
    type: MULTIPART_TYPE,
  }));
}

/** Surrogates that stand alone cannot be encoded as they are. */
function encodeText(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** The same inside another text. */
function wrap({ text }: Sent): fc.Arbitrary<Sent> {
  return fc.constantFrom<Sent>(
    { text: JSON.stringify({ a: 1, body: text, b: [] }), type: JSON_TYPE },
    { text: JSON.stringify([text]), type: JSON_TYPE },
    { text: `a=1&body=${encodeText(text)}&b=2`, type: FORM_TYPE },
    {
      text: `--limit\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text.replaceAll('--limit', '--other')}\r\n--limit--\r\n`,
      type: MULTIPART_TYPE,
    },
  );
}

function toSent(name: string): fc.Arbitrary<Sent> {
  const bare = fc.oneof(toJson(name), toForm(name), toMultipart(name));
  return fc.oneof(bare, bare.chain(wrap), bare.chain(wrap).chain(wrap));
}

const secretName = fc.constantFrom('password', 'api_key', 'access_token', 'x-chain-12');

it('shows no value of a secret name, in whatever it was sent, and wherever that is cut off', () => {
  const sent = secretName.chain((name) => fc.oneof(toSent(name), toBrokenJson(name)));
  const type = fc.constantFrom(undefined, JSON_TYPE, FORM_TYPE, MULTIPART_TYPE, 'text/plain');
  fc.assert(
    fc.property(
      sent,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(type),
      ({ text, type: own }, part, other) => {
        const cut = text.slice(0, Math.ceil(text.length * part));
        expect(redaction.body(text, other ?? own)).not.toContain(MARK);
        expect(redaction.body(cut, other ?? own)).not.toContain(MARK);
        expect(redaction.text(text)).not.toContain(MARK);
        expect(JSON.stringify(redaction.headers({ 'x-text': text }))).not.toContain(MARK);
      },
    ),
    { numRuns: propertyRuns(200) },
  );
});

it('shows what has no secret name as it was sent, wherever it is cut off', () => {
  fc.assert(
    fc.property(toSent('note'), fc.double({ min: 0, max: 1, noNaN: true }), ({ text, type }, part) => {
      const cut = text.slice(0, Math.ceil(text.length * part));
      expect(redaction.body(cut, type)).toBe(cut);
      expect(redaction.body(text, type)).toBe(text);
    }),
    { numRuns: propertyRuns(200) },
  );
});

it('shows JSON that parses with nothing but its secrets missing', () => {
  const [name, value] = ['password', `"${MARK}&`];
  fc.assert(
    fc.property(fc.dictionary(plain, fc.jsonValue()), (others) => {
      const text = JSON.stringify({ ...others, [name]: value });
      expect(JSON.parse(redaction.body(text, JSON_TYPE))).toEqual({
        ...(JSON.parse(text) as object),
        [name]: '[redacted]',
      });
    }),
    { numRuns: propertyRuns(200) },
  );
});
