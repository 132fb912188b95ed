import type { ValueLocation, ValueSchema } from './value-location.ts';

/** Which ids of one service stand for which of the other: one for one, within what they are ids of. */
export class Identities {
  readonly #scopes = new Map<unknown, { readonly ours: Map<string, string>; readonly theirs: Map<string, string> }>();

  /** Whether the two can be one and the same, which they are from then on. */
  pair(ours: string, theirs: string, place: ValueLocation): boolean {
    const scope = this.#scopeOf(place);
    const meant = scope.ours.get(ours) ?? theirs;
    const told = scope.theirs.get(theirs) ?? ours;
    if (meant !== theirs || told !== ours) return false;
    scope.ours.set(ours, theirs);
    scope.theirs.set(theirs, ours);
    return true;
  }

  /** Theirs for one of ours, where that is known. */
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

/** What it is an id of. A UUID is one of nothing else; `user_id` is a user's everywhere, and `id` that of the object which has it. */
function toScope({ name, schemas, owner }: ValueLocation): string | ValueSchema {
  if (schemas.some(({ format }) => format === 'uuid')) return 'uuid';
  const plain = name.toLowerCase().replaceAll('_', '').replace(/ids$/, 'id');
  return plain === 'id' && owner ? owner : plain;
}
