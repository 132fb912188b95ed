import { decode, PERCENT_ESCAPES } from './inner-text.ts';

/** One part of a multipart form: the offsets of its headers, its content and its end. */
export interface TextPart {
  readonly from: number;
  readonly content: number;
  readonly to: number;
}

const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i;
/** A boundary has 70 characters at most; some clients take more. */
const FIRST_DELIMITER = /^--.{1,200}$/m;
const HEAD_END = /\r?\n\r?\n/;

/** Whether a text may have parts, whatever its media type. The line that names a part may be broken. */
export function hasParts(text: string): boolean {
  return /content-disposition[ \t]*:/i.test(text);
}

/**
 * Only a line that every parser takes for the end of a part ends one: a secret may look like a delimiter.
 *
 * @param contentType names the boundary; without one, the first line that could be a delimiter is it
 */
export function listParts(text: string, contentType?: string): readonly TextPart[] {
  const delimiter = findDelimiter(text, contentType);
  const lines = delimiter === undefined ? [] : [...text.matchAll(toDelimiterLine(text, delimiter))];
  if (lines.length === 0 && contentType !== undefined) return [];
  const parts = lines.map(({ 0: line, index }, at) =>
    toPart(text, index + line.length, lines[at + 1]?.index ?? text.length),
  );
  const preamble = text.slice(0, lines[0]?.index);
  return hasParts(preamble) ? [toPart(text, 0, preamble.length), ...parts] : parts;
}

function findDelimiter(text: string, contentType: string | undefined): string | undefined {
  if (contentType === undefined) return FIRST_DELIMITER.exec(text)?.[0].trimEnd();
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  return boundary === undefined ? undefined : `--${boundary}`;
}

/** Matches a delimiter and the kind of line break after the first one: one of another kind may be part of a value. */
function toDelimiterLine(text: string, delimiter: string): RegExp {
  const escaped = delimiter.replaceAll(/\W/g, '\\$&');
  const [, carriageReturn = ''] = new RegExp(`^${escaped}.*(\\r?)`, 'm').exec(text) ?? [];
  const lineBreak = `${carriageReturn}\\n`;
  return new RegExp(`(?:^|${lineBreak})${escaped}(?:--)?[ \\t]*(?=${lineBreak}|$)`, 'g');
}

/** A part without an empty line is all head. */
function toPart(text: string, from: number, to: number): TextPart {
  const part = text.slice(from, to);
  const headEnd = HEAD_END.exec(part);
  return { from, content: headEnd ? from + headEnd.index + headEnd[0].length : to, to };
}

const DISPOSITION = /^content-disposition[ \t]*:[ \t]*/i;
const FOLD = /\r?\n[ \t]+/g;
const PARAMETER = /;\s*([^\s=;"*\\]+)\*?\s*=\s*(?:"([^"\\]*)"|([^\s;"\\]*))\s*/g;

/** Lists what the field of a part may be called: nothing if parsers could read different names, or none. */
export function listPartNames(head: string): readonly string[] {
  const lines = head.replaceAll(FOLD, ' ').split(/\r?\n/);
  const [value, another] = lines.filter((line) => DISPOSITION.test(line)).map((line) => line.replace(DISPOSITION, ''));
  if (value === undefined || another !== undefined) return [];
  if (!/^form-data\s*$/i.test(value.replaceAll(PARAMETER, ''))) return [];
  return [...value.matchAll(PARAMETER)].flatMap(([, key = '', quoted, plain = '']) => {
    if (key.toLowerCase() !== 'name') return [];
    const written = quoted ?? plain;
    // An extended name is encoded, and follows a character set and a language.
    return [written, decode(written.slice(written.lastIndexOf("'") + 1), PERCENT_ESCAPES)];
  });
}
