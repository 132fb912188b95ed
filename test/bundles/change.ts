import type { Emulator } from '../../src/compose/emulator.ts';

export const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };
export const CREDITS = '/klaim/users/ada/credits';

/** Changes Ada's credits, 700 at first. @returns the status */
export async function change({ url }: Emulator, by: number, more: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url + CREDITS, {
    method: 'PUT',
    headers: { ...AUTHORIZATION, 'Content-Type': 'application/json', ...more },
    body: JSON.stringify({ credit_delta: by }),
  });
  await answer.text();
  return answer.status;
}
