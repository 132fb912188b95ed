const REDACTED = '[redacted]';
/** Names that are secret everywhere, in lower case. */
const ALWAYS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'];

// By pattern and not by parsing: a body may be cut off or may not be what it says, and what is
// shown of it should be what was sent.
const JSON_FIELD = /"((?:[^"\\]|\\.)*)"\s*:\s*/gs;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"?|[[{]|[\]}]|[,\s]|[^"[\]{},\s]+/gsy;
const FORM_FIELD = /(?<=^|[?&])([^=&\s?]*)=[^&\s]*/g;
const PART_NAME = /[;\s]name="?([^"\r;]*)/i;

/** Replaces secrets by name in headers, URLs, bodies and records. Names are compared without case. */
export class Redaction {
  readonly #names: ReadonlySet<string>;

  constructor(secrets: readonly string[]) {
    this.#names = new Set([...ALWAYS, ...secrets.map((name) => name.toLowerCase())]);
  }

  /** A URL or a body, whole or cut off: JSON, form or multipart. */
  text(text: string): string {
    const form = this.#json(text).replaceAll(FORM_FIELD, (field, name: string) =>
      this.#isSecret(decodeFormName(name)) ? `${name}=${REDACTED}` : field,
    );
    return /^content-disposition:/im.test(form) ? this.#multipart(form) : form;
  }

  /** Line by line, so that no body, however made, takes longer than its length. */
  #multipart(text: string): string {
    const lines = text.split('\n');
    // A value may begin with two hyphens, too: only the form's own boundary ends it.
    const boundary = lines.find((line) => line.startsWith('--'))?.trimEnd();
    const kept: string[] = [];
    let secret = false;
    let inValue = false;
    for (const line of lines) {
      const end = line.trimEnd();
      if (end === boundary || end === `${boundary ?? ''}--`) secret = inValue = false;
      if (secret && inValue) {
        // One mark for all lines of the value; the line break before the next part stays.
        if (kept.at(-1)?.startsWith(REDACTED)) kept.pop();
        kept.push(line.endsWith('\r') ? `${REDACTED}\r` : REDACTED);
        continue;
      }
      kept.push(line);
      if (/^content-disposition:/i.test(line)) secret = this.#isSecret(PART_NAME.exec(line)?.[1] ?? '');
      else if (line === '' || line === '\r') inValue = true;
    }
    return kept.join('\n');
  }

  /** A copy of an object with the secret fields replaced, at any depth. */
  fields(value: object): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, this.#isSecret(name) ? REDACTED : this.#value(field)]),
    );
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    return typeof value === 'object' && value !== null ? this.fields(value) : value;
  }

  #json(text: string): string {
    let redacted = '';
    let from = 0;
    JSON_FIELD.lastIndex = 0;
    for (let field = JSON_FIELD.exec(text); field; field = JSON_FIELD.exec(text)) {
      if (!this.#isSecret(decodeJsonName(field[1] ?? ''))) continue;
      redacted += `${text.slice(from, JSON_FIELD.lastIndex)}"${REDACTED}"`;
      from = JSON_FIELD.lastIndex = findValueEnd(text, JSON_FIELD.lastIndex);
    }
    return redacted + text.slice(from);
  }

  /** Also of a form's `user[password]`. */
  #isSecret(name: string): boolean {
    const lower = name.toLowerCase();
    return (
      this.#names.has(lower) || (lower.includes('[') && lower.split(/[[\]]/).some((part) => this.#names.has(part)))
    );
  }
}

/** Where the JSON value that begins there ends, brackets and all; the end of the text if it is cut off. */
function findValueEnd(text: string, at: number): number {
  let depth = 0;
  JSON_TOKEN.lastIndex = at;
  for (let token = JSON_TOKEN.exec(text)?.[0]; token !== undefined; token = JSON_TOKEN.exec(text)?.[0]) {
    const closes = token === ']' || token === '}';
    if (depth === 0 && (closes || token === ',')) return JSON_TOKEN.lastIndex - 1;
    if (token === '[' || token === '{') depth += 1;
    else if (closes) depth -= 1;
    if (depth === 0) return JSON_TOKEN.lastIndex;
  }
  return text.length;
}

function decodeJsonName(name: string): string {
  if (!name.includes('\\')) return name;
  try {
    return String(JSON.parse(`"${name}"`));
  } catch {
    return name;
  }
}

function decodeFormName(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
