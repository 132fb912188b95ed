import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Differences that are printed. */
const SHOWN = 40;
/** Characters before and after the place where two lines differ. */
const AROUND = 120;

interface Line {
  readonly kind: string;
  readonly key: string;
}

export interface Compared {
  /** Of these providers only, if there are any. */
  readonly ids: readonly string[];
  /** Whether texts of the emulator itself count too. */
  readonly control: boolean;
}

/** The lines of each kind and key, of which the recording of a test suite can have several. */
async function readRecording(file: string, { ids, control }: Compared): Promise<ReadonlyMap<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const { kind, key } = JSON.parse(text) as Line;
    if (kind === 'control' && !control) continue;
    if (ids.length > 0 && !ids.some((id) => key.split(/[ .]/)[0] === id)) continue;
    const name = `${kind} ${key}`;
    found.set(name, (found.get(name) ?? new Set()).add(text));
  }
  return found;
}

/**
 * Prints how many keys of each kind are the same, changed, gone and new, and where the first ones differ. With `fewer` of its
 * lines, and no other one, a key was only asked for less often.
 *
 * @returns the exit code: 1 if something changed or is gone
 */
export async function compareRecordings(old: string, current: string, compared: Compared): Promise<number> {
  const [before, after] = [await readRecording(old, compared), await readRecording(current, compared)];
  const counts = new Map<string, number>();
  let failed = 0;
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(name), after.get(name)];
    const verdict = judge(one, other);
    const kind = `${name.slice(0, name.indexOf(' '))} ${verdict}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (verdict !== 'changed' && verdict !== 'gone') continue;
    failed += 1;
    if (failed <= SHOWN) process.stdout.write(`${verdict}: ${name}\n${renderDifference(one, other)}`);
  }
  for (const [name, count] of [...counts].toSorted()) process.stdout.write(`${name}: ${count}\n`);
  return failed > 0 ? 1 : 0;
}

type Lines = ReadonlySet<string> | undefined;

function judge(one: Lines, other: Lines): 'same' | 'changed' | 'gone' | 'new' | 'fewer' {
  if (one === undefined) return 'new';
  if (other === undefined) return 'gone';
  if ([...other].some((line) => !one.has(line))) return 'changed';
  return other.size < one.size ? 'fewer' : 'same';
}

/** The first line that is new, beside the one that was there before. */
function renderDifference(one: Lines, other: Lines): string {
  const added = [...(other ?? [])].find((line) => !one?.has(line));
  const [removed = ''] = [...(one ?? [])].filter((line) => !other?.has(line)).concat([...(one ?? [])]);
  if (added === undefined) return '';
  let at = 0;
  while (removed[at] === added[at]) at += 1;
  const cut = (text: string): string => text.slice(Math.max(0, at - AROUND), at + AROUND);
  return `  - ${cut(removed)}\n  + ${cut(added)}\n`;
}
