import type { Provider } from '../core/provider/provider.ts';
import { KEPT_BODY, toKeptText } from '../core/sandbox/journal.ts';
import type { Delivery } from '../core/sandbox/webhooks/delivery.ts';
import { renderInstant } from '../core/values/clock.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import type { components } from '../generated/emulator.ts';

type Schemas = components['schemas'];

/** What is needed to show a delivery. */
export interface Showing {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly redaction: Redaction;
}

/** Renders a delivery, without secrets and with long texts cut. */
export function presentWebhook(
  delivery: Delivery,
  { providers, redaction }: Showing,
): Schemas['Webhook'] & { readonly body: string } {
  const { seq, provider, topic, subscription, subject, url, state, at, dueAt, request, fault, tries, tried } = delivery;
  // A delivery that waits for its next attempt was last sent with one retry less.
  const retries = state === 'waiting' && tried > 0 ? Math.max(delivery.retries - 1, 0) : delivery.retries;
  const body = providers.get(provider)?.webhooks?.render(delivery.content, retries) ?? delivery.content;
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    ...{ id: String(seq), provider, topic, subscription, subject, url: redaction.text(url), state },
    at: renderInstant(at),
    dueAt: state === 'waiting' ? renderInstant(dueAt) : null,
    ...{ request, fault: fault?.id ?? null, retries },
    body: redaction.body(toKeptText(bytes.subarray(0, KEPT_BODY)), 'application/json'),
    tries: tries.map(({ body: answered, error, ...one }) => ({
      ...one,
      at: renderInstant(one.at),
      body: redaction.text(answered),
      error,
    })),
    leftOut: tried - tries.length,
  };
}
