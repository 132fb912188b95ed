/** Pairs the items of two lists by the texts that stand for them. */
export interface Alignment {
  /** Pairs of indexes, in our order. */
  readonly pairs: readonly (readonly [ours: number, theirs: number])[];
  readonly missing: readonly number[];
  readonly extra: readonly number[];
  /** Whether the common items are in another order. */
  readonly isReordered: boolean;
}

/** Pairs equal items first, each with the first free one; then pairs the rest of both sides in order. */
export function align(ours: readonly string[], theirs: readonly string[]): Alignment {
  const places = toPlaces(theirs);
  const equal: (readonly [number, number])[] = [];
  const unmatched: number[] = [];
  for (const [index, text] of ours.entries()) {
    const place = places.get(text)?.next();
    if (place === undefined) unmatched.push(index);
    else equal.push([index, place]);
  }
  const taken = new Set(equal.map(([, place]) => place));
  const left = theirs.flatMap((_, index) => (taken.has(index) ? [] : [index]));
  const both = Math.min(unmatched.length, left.length);
  const paired = unmatched.slice(0, both).map((index, at): readonly [number, number] => [index, left[at] ?? index]);
  return {
    pairs: [...equal, ...paired].sort(([one], [other]) => one - other),
    missing: unmatched.slice(both),
    extra: left.slice(both),
    isReordered: isReordered(equal, ours, { isWhole: unmatched.length === 0 && left.length === 0 }),
  };
}

/** Whether common items are in another order. If one list has extra items, only items that appear once count. */
function isReordered(
  equal: readonly (readonly [number, number])[],
  ours: readonly string[],
  { isWhole }: { readonly isWhole: boolean },
): boolean {
  const counts = new Map<string, number>();
  for (const text of ours) counts.set(text, (counts.get(text) ?? 0) + 1);
  const known = equal.filter(([index]) => isWhole || counts.get(ours[index] ?? '') === 1).map(([, place]) => place);
  return known.some((place, at) => at > 0 && place < (known[at - 1] ?? 0));
}

/** The indexes of each text, first to last. */
function toPlaces(texts: readonly string[]): ReadonlyMap<string, { next(): number | undefined }> {
  const lists = new Map<string, number[]>();
  for (const [index, text] of texts.entries()) {
    const list = lists.get(text);
    if (list) list.push(index);
    else lists.set(text, [index]);
  }
  return new Map(
    [...lists].map(([text, list]) => {
      let taken = 0;
      return [text, { next: () => list[(taken += 1) - 1] }];
    }),
  );
}
