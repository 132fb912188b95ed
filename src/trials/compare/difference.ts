/**
 * How two answers differ: in `status` or a `header`, or in the body by a field that is `missing` or `extra`, by another
 * `type`, by a `null` where the other has a value, in the way that the same is written (`format`), by an id that stands for
 * another thing than elsewhere (`id`), in the `order` of a list, or else by its `value`.
 */
export type DifferenceKind =
  'status' | 'header' | 'missing' | 'extra' | 'type' | 'null' | 'format' | 'id' | 'order' | 'value';

/** One place at which the answers to one read differ. */
export interface Difference {
  /** `status`, `headers.NAME`, or `body` with a JSON pointer behind it. */
  readonly where: string;
  readonly kind: DifferenceKind;
  /** Left out of the side that has nothing there. */
  readonly ours?: unknown;
  readonly theirs?: unknown;
}

const VALUES: ReadonlySet<DifferenceKind> = new Set(['value', 'order', 'id']);

/** Whether it shows that the service answers otherwise, and not only that it holds other data. */
export function isOfShape(kind: DifferenceKind): boolean {
  return !VALUES.has(kind);
}
