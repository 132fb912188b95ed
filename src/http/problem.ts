import type { Reply } from '../core/wire/reply.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** How to fix it. */
  readonly hint: string;
}

/** Renders an RFC 9457 problem, for errors of the emulator itself; a provider's failures use the provider's format. */
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
