import { quote } from './quotation.ts';

/** Maximum characters of a name: longer ones are near to nothing. */
const LONGEST = 64;

/** Finds the known name that a wrong one probably means. */
export function findNearest(wrong: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least: number | undefined;
  for (const name of known) {
    const distance = findDistance(wrong, name, least);
    if (distance === undefined) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

/**
 * Counts the characters that differ between a wrong name and a known one, ignoring case.
 *
 * @param most the result must be below this; by default, the most by which a misspelt name differs
 * @returns `undefined` if they differ by more
 */
export function findDistance(wrong: string, known: string, most = toReach(wrong)): number | undefined {
  if (wrong.length > LONGEST || known.length > LONGEST || Math.abs(known.length - wrong.length) >= most)
    return undefined;
  const distance = toDistance(wrong.toLowerCase(), known.toLowerCase(), most);
  return distance < most ? distance : undefined;
}

function toReach({ length }: string): number {
  return Math.max(2, Math.floor(length / 3)) + 1;
}

/** Ends a sentence about a wrong name: `; did you mean "x"?` or a full stop. */
export function suggest(wrong: string, known: Iterable<string>): string {
  const nearest = findNearest(wrong, known);
  return nearest === undefined ? '.' : `; did you mean ${quote(nearest)}?`;
}

/** Maximum characters of the list of known names. */
const LISTED = 400;

/** Like `suggest`; lists the known names if none is near. */
export function suggestKnown(wrong: string, known: Iterable<string>): string {
  const names = [...known];
  const ending = suggest(wrong, names);
  if (ending !== '.' || names.length === 0) return ending;
  let room = LISTED;
  const first = names.findIndex((name) => (room -= name.length + 2) < 0);
  const listed = first < 0 ? names : names.slice(0, first);
  if (listed.length === 0) return ending;
  const more = names.length - listed.length;
  return `. Known: ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** The Levenshtein distance; stops counting at `most`. */
function toDistance(a: string, b: string, most: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const changed = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    if (Math.min(...next) >= most) return most;
    row = next;
  }
  return row.at(-1) ?? 0;
}
