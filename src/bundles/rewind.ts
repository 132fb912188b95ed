import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import { NotKept } from '../core/wire/failure.ts';
import { toItem } from './bundle.ts';
import { Player, type Stage } from './player.ts';

/**
 * Makes a sandbox as another one stood when an exchange came, by doing again what that one did before. Its clock stands.
 *
 * @param id of an exchange in the journal
 * @throws {NotRecorded} where not all before it was kept
 * @throws {NotPlayable}
 * @throws {NotKept} where the disk does not take it
 */
export async function rewind(
  sandbox: Sandbox,
  id: string,
  name: string,
  { sandboxes, ...stage }: Stage & { readonly sandboxes: Sandboxes },
): Promise<Sandbox> {
  const chapters = sandbox.recording.list(sandbox.journal, id);
  const entry = sandbox.journal.find(id);
  const known = sandboxes.find(name);
  const losses = known?.persistence.losses ?? 0;
  const made = sandboxes.fork(name, sandbox, undefined);
  // What could not be kept is as it was before, and nothing is done to that.
  await assertKept(made, losses);
  const player = new Player(stage, made);
  try {
    for (const { at, roots, items } of chapters) {
      made.import({ ...roots, clock: { frozenAt: at, offset: 0 } }, false);
      for (const item of items) {
        await player.play(toItem(item));
        await assertKept(made, losses);
      }
    }
    player.close();
    // What waits still had done nothing by then.
    made.waits.endAll();
    if (entry) await made.moveTo(entry.at);
    await assertKept(made, losses);
  } catch (error) {
    if (sandboxes.find(name) === made) sandboxes.delete(made);
    throw error;
  }
  return made;
}

/** @param losses how often it had lost what was so, before */
async function assertKept({ persistence }: Sandbox, losses: number): Promise<void> {
  await persistence.pending;
  if (persistence.losses !== losses) throw new NotKept();
}
