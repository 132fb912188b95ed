import type { components } from '../generated/emulator.ts';

export type Problem = components['schemas']['Problem'];
export type Miss = components['schemas']['Miss'];
type NotVerified = components['schemas']['NotVerified'];

/** Characters of an answer that is no problem. */
const SHOWN = 500;

/** The control API refused an act. */
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

/** There were more or fewer exchanges than `requests.verify` asked for. */
export class VerificationError extends EmulatorError {
  override readonly name = 'VerificationError';
  readonly matched: number;
  /** The newest that fit, by their ids. */
  readonly requests: readonly string[];
  /** What came nearest, where there were too few. */
  readonly misses: readonly Miss[];

  constructor(problem: NotVerified) {
    const { matched, requests, misses } = problem;
    super(problem);
    this.matched = matched;
    this.requests = requests;
    this.misses = misses;
    // Where there is one and one thing differs, the detail has said it.
    const isTold = misses.length === 1 && misses[0]?.differences.length === 1;
    if (misses.length > 0 && !isTold) {
      this.message = [this.message, 'What came nearest:', ...misses.map(renderMiss)].join('\n');
    }
  }
}

/** No emulator answers there. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Something else answers there. */
export function toStranger(url: string): UnreachableError {
  return new UnreachableError(`${url} answers, but not as a credits-emulator.`);
}

/** What an answer that is no success is thrown as. */
export function toFailure(status: number, text: string): EmulatorError {
  const problem = parseObject(text);
  if (isProblem(problem)) {
    return problem['verified'] === false ? new VerificationError(problem as NotVerified) : new EmulatorError(problem);
  }
  const detail = `${status} ${text.slice(0, SHOWN)}`.trim();
  return new EmulatorError({ type: 'about:blank', status, title: 'Not what an emulator answers', detail, hint: '' });
}

function isProblem(content: Readonly<Record<string, unknown>> | undefined): content is Problem & typeof content {
  return typeof content?.['detail'] === 'string' && typeof content['hint'] === 'string';
}

function renderMiss({ id, method, url, status, differences, more = 0 }: Miss): string {
  const told = differences.map(({ field, expected, actual, why }) => {
    if (why !== undefined) return `${field}: ${why}`;
    const found = actual === undefined ? 'is not there' : `is ${JSON.stringify(actual)}`;
    return `${field} ${found}, not ${JSON.stringify(expected)}`;
  });
  const rest = more > 0 ? [`and ${more} more`] : [];
  return `  ${id} ${method} ${url} ${status ?? 'no answer'}: ${[...told, ...rest].join('; ')}`;
}

/** The object that a text is as JSON, if it is one. */
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
