import { quote } from '../core/values/quotation.ts';
import type { components } from '../control/types.ts';

/** One sentence for each name that never was. */
export function describeUnknownNames(unknown: components['schemas']['Unknown']): readonly string[] {
  return unknown.map(({ field, value, nearest }) => {
    const hint = nearest === undefined ? '.' : `; did you mean ${quote(nearest)}?`;
    return `There never was a ${field} ${quote(value)} here${hint}`;
  });
}
