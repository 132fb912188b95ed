import type { components } from '../generated/emulator.ts';
import type { ControlApi, AnswerOf, QueryOf } from './control-api.ts';

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
  /**
   * Says which mistakes are made on purpose from now on: what these rules find is counted, and not listed. In the place of
   * what was allowed before; without any rule, nothing is any more. Ends with a reset, an emptied journal and `clear`.
   */
  allow(...rules: readonly RuleName[]): Promise<void>;
  /** Forgets all findings; what comes from now on is judged. */
  clear(options?: Pick<AuditOptions, 'every'>): Promise<void>;
}

export function createAudit(api: ControlApi): Audit {
  const read = ({ rules, every }: AuditOptions = {}): Promise<AnswerOf<'listFindings'>> => {
    const query: QueryOf<'listFindings'> = {
      ...(rules && { rules: rules.join(',') }),
      ...(every !== undefined && { every }),
    };
    return api.call('listFindings', { query });
  };
  return Object.assign(read, {
    allow: (...rules: readonly RuleName[]): Promise<void> => api.call('allowFindings', { body: { rules: [...rules] } }),
    clear: ({ every }: Pick<AuditOptions, 'every'> = {}): Promise<void> =>
      api.call('clearFindings', { query: { every } }),
  });
}
