import { integer, type Field } from '../../core/provider/fields.ts';
import type { Brand } from '../../core/values/brand.ts';

export type GameId = Brand<number, 'GameId'>;
export type UserId = Brand<number, 'UserId'>;
export type StoreItemId = Brand<number, 'StoreItemId'>;

/** The JSON Schema of an id. Ids continue after those of a fixture, and the dumped state must load again. */
export const idSchema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

/** A fixture field that is an id. */
export function id<T extends number = number>(): Field<T, number> {
  return integer<T>(idSchema);
}
