import type { Emulator } from '../emulator.ts';

/** What the audit says of a client, as far as a table shows it. */
export interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly what: string;
}

/** Of all sandboxes that are there. None where the control API has no audit. */
export async function listFindings(emulator: Emulator): Promise<readonly Finding[]> {
  const { sandboxes } = await emulator.sandboxes.list();
  const findings: Finding[] = [];
  for (const { name } of sandboxes) {
    const answer = await fetch(`${emulator.url}/_emulator/audit`, { headers: { 'X-Emulator-Sandbox': name } });
    const body = answer.ok ? ((await answer.json()) as { readonly findings?: readonly Finding[] }) : {};
    findings.push(...(body.findings ?? []));
  }
  return findings;
}
