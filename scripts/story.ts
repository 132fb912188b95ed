import type { Emulator } from '../src/index.ts';

/** Calls as a small shop would make them on an evening, with a fault among them: the same ones each time. */
export async function tellStory(emulator: Emulator, sandbox = 'default'): Promise<void> {
  const here = emulator.sandbox(sandbox);
  const env = await here.env();
  const send = (method: string, path: string, body?: object): Promise<number> =>
    fetch(`${env['KLAIM_BASE_URL'] ?? ''}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${env['KLAIM_API_KEY'] ?? ''}`,
        'X-Emulator-Sandbox': sandbox,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).then(
      ({ status }) => status,
      () => 0,
    );
  const add = (user: string, by: number, why: string): Promise<number> =>
    send('PUT', `/users/${user}/credits`, { credit_delta: by, description: why });

  await send('GET', '/users');
  for (const [user, by, why] of EVENING) {
    await here.clock.advance('PT7M');
    await send('POST', `/users/${user}/credits`);
    await add(user, by, why);
  }
  await here.faults.add({
    id: 'lost',
    provider: 'klaim',
    operation: 'updateUserCredits',
    phase: 'after',
    times: 1,
    effect: { status: 500 },
  });
  await here.clock.advance('PT2M');
  await add('ada', 6, 'Reward for a friend');
  await send('POST', '/users/ada/credits');
  await send('PUT', '/users/ada/credits', { credit_dleta: 6 });
  await here.faults.add({
    id: 'slow-reads',
    provider: 'klaim',
    operation: 'getUserCredits',
    times: 2,
    effect: { delay: 20 },
  });
  await send('POST', '/users/ada/credits');
}

const EVENING: readonly (readonly [user: string, by: number, why: string])[] = [
  ['ada', 25, 'Welcome back'],
  ['ada', -40, 'Lantern, blue'],
  ['ada', 12, 'Quest'],
  ['ada', -5, 'Map'],
  ['ada', 30, 'Weekly bonus'],
  ['ada', -18, 'Oil'],
];
