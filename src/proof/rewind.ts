import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import { toItem } from './bundle.ts';
import { Player, type Stage } from './player.ts';

/**
 * Makes a sandbox as another one stood when an exchange came, by doing again what that one did before. Its clock stands.
 *
 * @param id of an exchange in the journal
 * @throws {NotRecorded} where not all before it was kept
 * @throws {NotPlayable}
 */
export async function rewind(
  sandbox: Sandbox,
  id: string,
  name: string,
  { sandboxes, ...stage }: Stage & { readonly sandboxes: Sandboxes },
): Promise<Sandbox> {
  const chapters = sandbox.recording.list(sandbox.journal, id);
  const entry = sandbox.journal.find(id);
  const made = sandboxes.fork(name, sandbox, undefined);
  const player = new Player(stage, made);
  try {
    for (const { at, roots, items } of chapters) {
      made.import({ ...roots, clock: { frozenAt: at, offset: 0 } }, false);
      const end = items.findIndex((item) => 'entry' in item && item.entry.id === id);
      for (const item of end < 0 ? items : items.slice(0, end)) await player.play(toItem(item));
      if (end >= 0) break;
    }
    player.close();
    // What waits still had done nothing by then.
    made.waits.endAll();
    if (entry) await made.moveTo(entry.at);
  } catch (error) {
    sandboxes.delete(made);
    throw error;
  }
  return made;
}
