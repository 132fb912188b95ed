/** What was wrong with what a form sent, by the field that it is about, and what is about none of them. */
export interface Complaints {
  readonly byField: ReadonlyMap<string, string>;
  /** What stands beneath all fields; "" for nothing. */
  readonly others: string;
}

const NAMED = /^body\/([^/\s]+)\S* (.+)$/s;
const MISSING = /^body must have required property '(.+)'$/s;

/** @param detail of a problem, which names a field by its pointer: "body/amount must be string; ..." */
export function toComplaints(detail: string, fields: readonly string[]): Complaints {
  const byField = new Map<string, string>();
  const others: string[] = [];
  for (const complaint of detail.split('; body').map((part, at) => (at === 0 ? part : `body${part}`))) {
    const missing = MISSING.exec(complaint)?.[1];
    const [, pointer = missing ?? '', problem = 'must be given'] = NAMED.exec(complaint) ?? [];
    const field = pointer.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!fields.includes(field)) others.push(complaint);
    else byField.set(field, [...(byField.has(field) ? [byField.get(field)] : []), problem].join('; '));
  }
  return { byField, others: others.join('; ') };
}
