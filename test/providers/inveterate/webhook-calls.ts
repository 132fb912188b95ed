import { expect } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { startInveterate, type InveterateApi } from './api.ts';

export const SUBSCRIPTIONS = '/v2.0/admin/webhook-subscriptions';
export const CREDITS = 'customer.credits.updated';

export interface Shown {
  readonly id: string;
  readonly state: string;
  readonly tries: readonly object[];
  readonly request: string | null;
}

/** Subscribes, and gives the id. */
export async function subscribe(api: InveterateApi, topic: string, url: string): Promise<string> {
  const { body } = await api.call('post', SUBSCRIPTIONS, { topic, callbackUrl: url, name: 'test' });
  return (body as { readonly data: { readonly id: string } }).data.id;
}

/** With somebody who is told of this topic under /hook. */
export async function startWith(
  topic: string,
  set: readonly string[] = [],
): Promise<{ api: InveterateApi; receiver: Receiver }> {
  const api = await startInveterate({ set });
  const receiver = await Receiver.start();
  await subscribe(api, topic, `${receiver.url}/hook`);
  return { api, receiver };
}

export async function list(api: InveterateApi, query = ''): Promise<readonly Shown[]> {
  return ((await api.emulator('get', `/webhooks${query}`)) as { readonly webhooks: readonly Shown[] }).webhooks;
}

/** Waits for all that is on its way. */
export function settle(api: InveterateApi): Promise<void> {
  return api.advance('PT0S');
}

export const anyId = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
