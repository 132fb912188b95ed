import type { Reply } from '../core/wire/reply.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** What to do about it. */
  readonly hint: string;
}

/** RFC 9457, for whatever the emulator itself says; a provider's failures are in the provider's words. */
export function renderProblem(
  { status, title, detail, hint }: Problem,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'Content-Type': PROBLEM_TYPE, ...headers },
    body: { type: 'about:blank', title, status, detail, hint },
  };
}
