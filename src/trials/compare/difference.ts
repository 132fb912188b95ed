/**
 * How two responses differ: in `status` or a `header`, or in the body: a field is `missing` or `extra`, has another `type`,
 * is `null` on one side, is written in another `format`, is an `id` that elsewhere corresponds to another one, a list is in
 * another `order`, or only the `value` differs.
 */
export type DifferenceKind =
  'status' | 'header' | 'missing' | 'extra' | 'type' | 'null' | 'format' | 'id' | 'order' | 'value';

/** One difference between the responses to a read. */
export interface Difference {
  /** `status`, `headers.NAME`, or `body` followed by a JSON pointer. */
  readonly where: string;
  readonly kind: DifferenceKind;
  /** Absent if that side has no value. */
  readonly ours?: unknown;
  readonly theirs?: unknown;
}

const VALUES: ReadonlySet<DifferenceKind> = new Set(['value', 'order', 'id']);

/** Whether it shows other behaviour, and not only other data. */
export function isOfShape(kind: DifferenceKind): boolean {
  return !VALUES.has(kind);
}
