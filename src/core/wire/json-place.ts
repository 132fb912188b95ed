/** A place in a text, counted from 1 as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface JsonBreak extends TextPlace {
  /** Whether the text ends there, where it may not. */
  readonly isEnd: boolean;
}

/** One token of JSON: a bracket or other mark, or a string, or another value. */
const TOKEN =
  /([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'end';

/**
 * Where a text stops being JSON; `undefined` where it is. The parser's own message differs between versions of Node, gives
 * no place in some cases and repeats what was sent.
 */
export function findJsonBreak(text: string): JsonBreak | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = skip(text, 0); ; at = skip(text, at)) {
    if (at === text.length) return expected === 'end' ? undefined : { ...toPlace(text, at), isEnd: true };
    TOKEN.lastIndex = at;
    const [token, mark, string] = TOKEN.exec(text) ?? [];
    const kind = mark ?? (string === undefined ? 'scalar' : 'string');
    const next: Expected | undefined = token === undefined ? undefined : follow(expected, kind, open);
    if (token === undefined || next === undefined) return { ...toPlace(text, at), isEnd: false };
    expected = next;
    at += token.length;
  }
}

/** What may come behind a token, if that may come where it does. */
function follow(expected: Expected, token: string, open: string[]): Expected | undefined {
  const afterValue = (): Expected => (open.length > 0 ? 'comma or end' : 'end');
  const close = open.at(-1) === '{' ? '}' : ']';
  switch (expected) {
    case 'value or end':
    case 'value':
      if (token === '{' || token === '[') {
        open.push(token);
        return token === '{' ? 'name or end' : 'value or end';
      }
      if (token === 'string' || token === 'scalar') return afterValue();
      return expected === 'value or end' && token === ']' ? leave(open) : undefined;
    case 'name or end':
    case 'name':
      if (token === 'string') return 'colon';
      return expected === 'name or end' && token === '}' ? leave(open) : undefined;
    case 'colon':
      return token === ':' ? 'value' : undefined;
    case 'comma or end':
      if (token === ',') return close === '}' ? 'name' : 'value';
      return token === close ? leave(open) : undefined;
    case 'end':
      return undefined;
  }
}

function leave(open: string[]): Expected {
  open.pop();
  return open.length > 0 ? 'comma or end' : 'end';
}

function skip(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function toPlace(text: string, at: number): TextPlace {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
