import type { components } from '../control/types.ts';
import type { Acts, AnswerOf, QueryOf } from './acts.ts';

export type Finding = components['schemas']['Finding'];
export type RuleName = Finding['rule'];

export interface AuditOptions {
  /** Only what these rules have found; all of them, if left out. */
  readonly rules?: readonly RuleName[] | undefined;
  /** Of every sandbox that there is or was. */
  readonly every?: boolean | undefined;
}

/** What is wrong with the clients of a sandbox: `sandbox.audit()`. */
export interface Audit {
  /** Gravest first. Findings outlive resets, and the sandbox itself. */
  (options?: AuditOptions): Promise<AnswerOf<'listFindings'>>;
  /** Forgets all findings; what comes from now on is judged. */
  clear(options?: Pick<AuditOptions, 'every'>): Promise<void>;
}

export function createAudit(acts: Acts): Audit {
  const read = ({ rules, every }: AuditOptions = {}): Promise<AnswerOf<'listFindings'>> => {
    const query: QueryOf<'listFindings'> = {
      ...(rules && { rules: rules.join(',') }),
      ...(every !== undefined && { every }),
    };
    return acts.call('listFindings', { query });
  };
  return Object.assign(read, {
    clear: ({ every }: Pick<AuditOptions, 'every'> = {}): Promise<void> =>
      acts.call('clearFindings', { query: { every } }),
  });
}
