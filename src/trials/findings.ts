import type { Finding } from '../client/record.ts';
import type { Emulator } from '../compose/emulator.ts';

/** What the audit says of the clients of all sandboxes that are there. */
export async function listFindings(emulator: Emulator): Promise<readonly Finding[]> {
  const { sandboxes } = await emulator.sandboxes.list();
  const audits = await Promise.all(sandboxes.map(({ name }) => emulator.sandbox(name).audit()));
  return audits.flatMap(({ findings }) => findings);
}
