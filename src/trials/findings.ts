import type { Finding } from '../client/record.ts';
import type { Emulator } from '../compose/emulator.ts';

/** Audits every sandbox. */
export async function listFindings(emulator: Emulator): Promise<readonly Finding[]> {
  const { sandboxes } = await emulator.sandboxes.list();
  const audits = await Promise.all(sandboxes.map(({ name }) => emulator.sandbox(name).audit()));
  return audits.flatMap(({ findings }) => findings);
}
