/** Where things stand in JSON text that may be cut off anywhere. Everything takes as long as the text is. */

const SPACE = /\s/;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;
/** What a scalar that is cut off may have begun with. */
const SCALAR_BEGINNING = /^(?:-|t|tr|tru|f|fa|fal|fals|n|nu|nul)$/;
const BARE_END = /[\s,\]}]/g;

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end';

/**
 * Whether a text is JSON as far as it goes: an object, a list or a string, or several one after another. Then it has
 * one reading only, and what is said of its parts holds for every parser.
 */
export function isJsonBeginning(text: string): boolean {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skipSpace(text, 0);
  if (at === text.length || !'{["'.includes(text.charAt(at))) return false;
  const afterValue = (): Expected => (open.length > 0 ? 'comma or end' : 'value');
  for (; at < text.length; at = skipSpace(text, at)) {
    const character = text.charAt(at);
    switch (expected) {
      case 'value or end':
      case 'name or end':
        if (character === (expected === 'name or end' ? '}' : ']')) {
          open.pop();
          expected = afterValue();
          at += 1;
        } else expected = expected === 'name or end' ? 'name' : 'value';
        break;
      case 'name':
        if (character !== '"') return false;
        at = findStringEnd(text, at);
        expected = 'colon';
        break;
      case 'colon':
        if (character !== ':') return false;
        expected = 'value';
        at += 1;
        break;
      case 'comma or end': {
        const container = open.at(-1);
        if (character === ',') expected = container === '{' ? 'name' : 'value';
        else if (character === (container === '{' ? '}' : ']')) {
          open.pop();
          expected = afterValue();
        } else return false;
        at += 1;
        break;
      }
      case 'value':
        if (character === '{' || character === '[') {
          open.push(character);
          expected = character === '{' ? 'name or end' : 'value or end';
          at += 1;
        } else {
          const end = character === '"' ? findStringEnd(text, at) : findScalarEnd(text, at);
          if (end === undefined) return false;
          expected = afterValue();
          at = end;
        }
    }
  }
  return true;
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text.charAt(at))) at += 1;
  return at;
}

/** The quote that closes the string that begins there; the end of the text if there is none. */
export function findClosingQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') return at;
  }
  return text.length;
}

function findStringEnd(text: string, from: number): number {
  return Math.min(findClosingQuote(text, from) + 1, text.length);
}

function findScalarEnd(text: string, from: number): number | undefined {
  SCALAR.lastIndex = from;
  if (SCALAR.test(text)) return SCALAR.lastIndex;
  return SCALAR_BEGINNING.test(text.slice(from, from + 8)) ? text.length : undefined;
}

/** Behind the value that begins there, brackets and all; the end of the text if it is cut off. */
export function findValueEnd(text: string, from: number): number {
  const first = text.charAt(from);
  if (first === '"') return findStringEnd(text, from);
  if (first !== '{' && first !== '[') {
    BARE_END.lastIndex = from;
    return BARE_END.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') at = findStringEnd(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
