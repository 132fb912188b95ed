import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import { NotKept } from '../core/wire/failure.ts';
import { toItem } from './bundle.ts';
import { Player, type Stage } from './player.ts';

/**
 * Creates a sandbox as another one was before an exchange, by replaying what that one did. The clock of the new one is frozen.
 *
 * @param id the id of an exchange in the journal
 * @throws {NotRecorded} if the journal is not complete up to it
 * @throws {NotPlayable}
 * @throws {NotKept} if the disk does not store it
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
  // If the disk did not store it, the sandbox is unchanged and must stay so.
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
    // Exchanges that still wait had no effect before that instant.
    made.waits.endAll();
    if (entry) await made.moveTo(entry.at);
    await assertKept(made, losses);
  } catch (error) {
    if (sandboxes.find(name) === made) sandboxes.delete(made);
    throw error;
  }
  return made;
}

/** @param losses the number of failed writes before this one */
async function assertKept({ persistence }: Sandbox, losses: number): Promise<void> {
  await persistence.pending;
  if (persistence.losses !== losses) throw new NotKept();
}
