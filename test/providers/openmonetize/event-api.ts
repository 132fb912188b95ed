import { LANTERN, LANTERN_KEY, startOpenMonetize, UUID, type Answer, type OpenMonetizeApi } from './api.ts';

export const PROFILES = ['seed', 'head'] as const;
export type Profile = (typeof PROFILES)[number];

/**
 * OpenMonetize in a profile, called with the header that both of them take for events. The seed's
 * users have one id for both uses, without which profile head would burn nothing of theirs.
 */
export async function startProfile(profile: Profile, ...options: readonly string[]): Promise<OpenMonetizeApi> {
  const set = [`profile=${profile}`, ...options].map((option) => `openmonetize.${option}`);
  const api = await startOpenMonetize({ set });
  const state = await api.state();
  const users = state.users.map((user) => ({ ...user, externalUserId: user.id }));
  await api.app
    .put('/_emulator/state')
    .send({ openmonetize: { ...state, users } })
    .expect(204);
  return api.with({ 'X-API-Key': LANTERN_KEY });
}

/** The id of the event with this number. */
export function toEventId(number: number): string {
  return `3f2504e0-4f89-41d3-9a0c-${String(number).padStart(12, '0')}`;
}

/** An event of the first customer that burns 10 credits for each unit. */
export function toEvent(number: number, units: number, fields: object = {}): object {
  return {
    event_id: toEventId(number),
    customer_id: LANTERN,
    event_type: 'CUSTOM',
    feature_id: 'export',
    unit_type: 'page',
    quantity: units,
    timestamp: '2025-12-31T23:59:59.000Z',
    ...fields,
  };
}

export function ingest(api: OpenMonetizeApi, ...events: readonly object[]): Promise<Answer> {
  return api.call('post', '/v1/events/ingest', { events });
}

/** Moves the clock of the sandbox ahead. */
export async function advance(api: OpenMonetizeApi, by: string | number): Promise<void> {
  await api.app.post('/_emulator/clock/advance').send({ by }).expect(200);
}

/** Reports usage and waits until it has burned. */
export async function use(api: OpenMonetizeApi, ...events: readonly object[]): Promise<void> {
  const { status } = await ingest(api, ...events);
  if (status !== 202) throw new Error(`The events were not accepted: ${status}`);
  await advance(api, 'PT1S');
}

export function accepted(count: number, duplicates = 0): Answer {
  return {
    status: 202,
    body: { accepted: count, rejected: 0, duplicates, batch_id: UUID, status: 'processing', processing_time_ms: 0 },
  };
}

export function allDuplicates(count: number): Answer {
  return {
    status: 200,
    body: {
      accepted: 0,
      rejected: 0,
      duplicates: count,
      batch_id: null,
      status: 'all_duplicates',
      message: 'All events were duplicates',
    },
  };
}

/** The balance of a wallet, as the state has it. */
export async function balanceOf(api: OpenMonetizeApi, walletId: string): Promise<string | undefined> {
  return (await api.state()).wallets.find(({ id }) => id === walletId)?.balance;
}
