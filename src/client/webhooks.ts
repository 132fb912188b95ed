import type { components } from '../generated/emulator.ts';
import type { ControlApi, AnswerOf, QueryOf } from './control-api.ts';
import type { ProviderName } from './names.ts';

export type Webhook = components['schemas']['Webhook'];

/** Which deliveries; all that is given must fit. */
export type WebhookFilters = Omit<QueryOf<'listWebhooks'>, 'provider'> & {
  readonly provider?: ProviderName | undefined;
};

/** What providers send to those who subscribed. */
export class Webhooks {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  /** A page of deliveries, newest first. */
  list(filters: WebhookFilters = {}): Promise<AnswerOf<'listWebhooks'>> {
    return this.#api.call('listWebhooks', { query: filters });
  }

  get(id: string): Promise<Webhook> {
    return this.#api.call('getWebhook', { path: { id } });
  }

  /** Sends it now, out of its turn, whatever state it is in. Resolves when its receiver has answered. */
  send(id: string): Promise<Webhook> {
    return this.#api.call('sendWebhook', { path: { id } });
  }
}
