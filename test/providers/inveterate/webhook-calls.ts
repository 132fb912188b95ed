import { Receiver } from '../../support/receiver.ts';
import { startInveterate, type InveterateApi } from './api.ts';

export const CREDITS = 'customer.credits.updated';

export interface ShownDelivery {
  readonly id: string;
  readonly state: string;
  readonly body: string;
}

/** The default seed, and a receiver of this topic under /hook. */
export async function startWith(
  topic: string,
  set: readonly string[] = [],
): Promise<{ api: InveterateApi; receiver: Receiver }> {
  const api = await startInveterate({ set });
  const receiver = await Receiver.start();
  await api.subscribe(topic, `${receiver.url}/hook`);
  return { api, receiver };
}

export async function list(api: InveterateApi, query = ''): Promise<readonly ShownDelivery[]> {
  const { webhooks } = (await api.emulator('get', `/webhooks${query}`)) as { readonly webhooks: ShownDelivery[] };
  return webhooks;
}

/** Waits for all deliveries in flight. */
export function deliver(api: InveterateApi): Promise<void> {
  return api.advance('PT0S');
}

/** Adds these amounts to a member, and waits for their deliveries. */
export async function addAll(api: InveterateApi, id: string, ...amounts: readonly number[]): Promise<void> {
  for (const amount of amounts) await api.add(id, { amount });
  await deliver(api);
}
