import { decodePercent } from './spans.ts';

/** One part of a multipart form as it stands in the text, which may be cut off anywhere. */
export interface TextPart {
  /** Its headers as they were sent, and where they begin. */
  readonly head: string;
  readonly headFrom: number;
  /** Where its content begins and ends; one that is empty may end before it begins. */
  readonly from: number;
  readonly to: number;
  /** Whether any parser takes the line in front of it for the end of the part before. */
  readonly surelyBegins: boolean;
}

const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i;
const FIRST_DELIMITER = /^--.+/m;
const HEAD_END = /\r?\n\r?\n/;
const DELIMITER_REST = /^(?:--)?[ \t]*(?:\r?\n|$)/;
const DISPOSITION = /^content-disposition[ \t]*:[ \t]*/im;

/** @param contentType whose boundary it is; without one it is the first line that could be one */
export function findTextParts(text: string, contentType?: string): readonly TextPart[] {
  const delimiter = findFirstDelimiter(text, contentType);
  let at = delimiter === undefined ? text.length : findDelimiter(text, delimiter, 0);
  // What stands before the first delimiter is no part, unless it looks like one.
  const parts = DISPOSITION.test(text.slice(0, at)) ? [toPart(text, 0, at, true)] : [];
  // A break of another kind than that behind the first delimiter may be part of a value.
  const lineBreak = text.charAt(text.indexOf('\n', at) - 1) === '\r' ? '\r\n' : '\n';
  while (delimiter !== undefined && at < text.length) {
    const end = findDelimiter(text, delimiter, at + delimiter.length);
    const lineEnd = text.indexOf('\n', at);
    const headFrom = lineEnd === -1 ? end : Math.min(lineEnd + 1, end);
    const follows = at === 0 || text.startsWith(lineBreak, at - lineBreak.length);
    const rest = text.slice(at + delimiter.length, headFrom);
    parts.push(toPart(text, headFrom, end, follows && DELIMITER_REST.test(rest)));
    at = end;
  }
  return parts;
}

function findFirstDelimiter(text: string, contentType: string | undefined): string | undefined {
  if (contentType === undefined) return FIRST_DELIMITER.exec(text)?.[0].trimEnd();
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  return boundary === undefined ? undefined : `--${boundary}`;
}

/** A part without an empty line is all head. */
function toPart(text: string, headFrom: number, end: number, surelyBegins: boolean): TextPart {
  const whole = text.slice(headFrom, end);
  const headLength = whole.startsWith('\r\n') ? 2 : whole.startsWith('\n') ? 1 : findHeadEnd(whole);
  const from = headFrom + headLength;
  return { head: text.slice(headFrom, from), headFrom, from, to: toContentEnd(text, end), surelyBegins };
}

function findHeadEnd(part: string): number {
  const empty = HEAD_END.exec(part);
  return empty ? empty.index + empty[0].length : part.length;
}

/** The next one at the beginning of a line. */
function findDelimiter(text: string, delimiter: string, from: number): number {
  if (from === 0 && text.startsWith(delimiter)) return 0;
  const found = text.indexOf(`\n${delimiter}`, from);
  return found === -1 ? text.length : found + 1;
}

/** The line break in front of a delimiter belongs to it. */
function toContentEnd(text: string, end: number): number {
  if (end === text.length || text.charAt(end - 1) !== '\n') return end;
  return text.charAt(end - 2) === '\r' ? end - 2 : end - 1;
}

const FOLD = /\r?\n[ \t]+/g;
const FORM_DATA = /form-data\s*(?=;)/iy;
const PARAMETER = /;\s*([^\s=;"*\\]+)(\*?)\s*=\s*(?:"([^"\\]*)"|([^\s;"\\]*))\s*/y;

/** What the fields of a part may be called; `undefined` where parsers could read different names, or none. */
export function findPartNames(head: string): readonly string[] | undefined {
  const lines = head.replaceAll(FOLD, ' ').split(/\r?\n/);
  const [value, another] = lines.filter((line) => DISPOSITION.test(line)).map((line) => line.replace(DISPOSITION, ''));
  if (value === undefined || another !== undefined) return undefined;
  FORM_DATA.lastIndex = 0;
  if (!FORM_DATA.test(value)) return undefined;
  const names: string[] = [];
  PARAMETER.lastIndex = FORM_DATA.lastIndex;
  while (PARAMETER.lastIndex < value.length) {
    const [, key = '', extended, quoted, plain = ''] = PARAMETER.exec(value) ?? [];
    if (key === '') return undefined;
    if (key.toLowerCase() !== 'name') continue;
    const written = quoted ?? plain;
    names.push(written, decodeName(extended === '*' ? written.slice(written.lastIndexOf("'") + 1) : written));
  }
  return names.length === 0 ? undefined : names;
}

function decodeName(name: string): string {
  return decodePercent(name, 0, name.length).text;
}
