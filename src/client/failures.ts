import type { components } from '../generated/emulator.ts';

export type Problem = components['schemas']['Problem'];
export type Miss = components['schemas']['Miss'];
type NotVerified = components['schemas']['NotVerified'];

/** Characters that are shown of a response that is not a problem document. */
const SHOWN = 500;

/** The control API refused a call. */
export class EmulatorError extends Error implements Problem {
  override readonly name: string = 'EmulatorError';
  readonly type: string;
  readonly status: number;
  readonly title: string;
  /** What is wrong. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint: string;

  constructor({ type, status, title, detail, hint }: Problem) {
    super(`${detail} ${hint}`.trim());
    this.type = type;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.hint = hint;
  }
}

/** More or fewer exchanges matched than `requests.verify` asked for. */
export class VerificationError extends EmulatorError {
  override readonly name = 'VerificationError';
  readonly matched: number;
  /** Ids of the newest exchanges that matched. */
  readonly requests: readonly string[];
  /** The nearest misses, if too few matched. */
  readonly misses: readonly Miss[];

  constructor(problem: NotVerified) {
    const { matched, requests, misses } = problem;
    super(problem);
    this.matched = matched;
    this.requests = requests;
    this.misses = misses;
    // The detail already names the only difference of a single miss.
    const isNamed = misses.length === 1 && misses[0]?.differences.length === 1;
    if (misses.length > 0 && !isNamed) {
      this.message = [this.message, 'Nearest misses:', ...misses.map(renderMiss)].join('\n');
    }
  }
}

/** No emulator answers. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** The error for a server that is not an emulator. */
export function toStranger(url: string): UnreachableError {
  return new UnreachableError(`${url} answers, but not as a credits-emulator.`);
}

/** The error for a response that is not a success. */
export function toFailure(status: number, text: string): EmulatorError {
  const problem = parseObject(text);
  if (isProblem(problem)) {
    return problem['verified'] === false ? new VerificationError(problem as NotVerified) : new EmulatorError(problem);
  }
  const detail = `${status} ${text.slice(0, SHOWN)}`.trim();
  return new EmulatorError({ type: 'about:blank', status, title: 'Not the answer of an emulator', detail, hint: '' });
}

function isProblem(content: Readonly<Record<string, unknown>> | undefined): content is Problem & typeof content {
  return typeof content?.['detail'] === 'string' && typeof content['hint'] === 'string';
}

function renderMiss({ id, method, url, status, differences, more = 0 }: Miss): string {
  const lines = differences.map(({ field, expected, actual, why }) => {
    if (why !== undefined) return `${field}: ${why}`;
    const found = actual === undefined ? 'is missing' : `is ${JSON.stringify(actual)}`;
    return `${field} ${found}, not ${JSON.stringify(expected)}`;
  });
  const rest = more > 0 ? [`and ${more} more`] : [];
  return `  ${id} ${method} ${url} ${status ?? 'no answer'}: ${[...lines, ...rest].join('; ')}`;
}

/** Parses JSON; `undefined` if the text is not a JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
