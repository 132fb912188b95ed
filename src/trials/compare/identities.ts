import type { ValueLocation, ValueSchema } from './value-location.ts';

/** Maps ids of one service to ids of the other, one to one within each kind of thing. */
export class Identities {
  readonly #scopes = new Map<unknown, { readonly ours: Map<string, string>; readonly theirs: Map<string, string> }>();

  /** Whether the two ids can correspond; if so, records that they do. */
  pair(ours: string, theirs: string, place: ValueLocation): boolean {
    const scope = this.#scopeOf(place);
    const meant = scope.ours.get(ours) ?? theirs;
    const told = scope.theirs.get(theirs) ?? ours;
    if (meant !== theirs || told !== ours) return false;
    scope.ours.set(ours, theirs);
    scope.theirs.set(theirs, ours);
    return true;
  }

  /** The service's id for one of ours, if known. */
  find(ours: string, place: ValueLocation): string | undefined {
    return this.#scopeOf(place).ours.get(ours);
  }

  isKnown(theirs: string, place: ValueLocation): boolean {
    return this.#scopeOf(place).theirs.has(theirs);
  }

  #scopeOf(place: ValueLocation): { readonly ours: Map<string, string>; readonly theirs: Map<string, string> } {
    const key = toScope(place);
    let scope = this.#scopes.get(key);
    if (!scope) this.#scopes.set(key, (scope = { ours: new Map(), theirs: new Map() }));
    return scope;
  }
}

/** The kind of thing that an id names. A UUID is unique anyway; `user_id` always names a user, `id` the object that contains it. */
function toScope({ name, schemas, owner }: ValueLocation): string | ValueSchema {
  if (schemas.some(({ format }) => format === 'uuid')) return 'uuid';
  const plain = name.toLowerCase().replaceAll('_', '').replace(/ids$/, 'id');
  return plain === 'id' && owner ? owner : plain;
}
