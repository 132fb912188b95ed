import type { Delivery } from '../../core/sandbox/webhooks/delivery.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Endpoint } from '../endpoint.ts';
import { assertKnown } from '../known-names.ts';
import { describePage, takePage } from '../page.ts';
import { presentWebhook } from '../present-webhook.ts';
import { toFailure } from '../problems.ts';

export const listWebhooks: Endpoint<'listWebhooks'> = ({ sandbox, installation, query }) => {
  const { provider, topic, subject, state } = query;
  assertKnown({ ...(provider !== undefined && { provider }) }, installation);
  const fits = (delivery: Delivery): boolean =>
    (provider === undefined || delivery.provider === provider) &&
    (topic === undefined || delivery.topic === topic) &&
    (subject === undefined || delivery.subject === subject) &&
    (state === undefined || delivery.state === state);
  const listing = {
    entries: sandbox.webhooks.queue.newest(),
    sequence: ({ seq }: Delivery) => seq,
    prefix: '',
    present: (delivery: Delivery) => presentWebhook(delivery, installation),
  };
  const { items, ...page } = takePage(listing, fits, query);
  return { status: 200, body: { webhooks: [...items], ...describePage(page) } };
};

export const getWebhook: Endpoint<'getWebhook'> = ({ sandbox, installation, path: { id } }) => ({
  status: 200,
  body: presentWebhook(getDelivery(sandbox, id), installation),
});

export const sendWebhook: Endpoint<'sendWebhook'> = async ({ sandbox, installation, path: { id } }) => {
  const delivery = getDelivery(sandbox, id);
  const { webhooks } = sandbox;
  if (webhooks.isUnderWay(delivery.seq)) throw toFailure('WEBHOOK_UNDER_WAY', `${quote(id)} is on its way.`);
  if (Object.keys(delivery.content).length === 0) {
    throw toFailure('WEBHOOK_WITHOUT_EVENT', `The content of ${quote(id)} is no longer kept.`);
  }
  await webhooks.sendNow(delivery);
  return { status: 200, body: presentWebhook(getDelivery(sandbox, id), installation) };
};

function getDelivery(sandbox: Sandbox, id: string): Delivery {
  const delivery = /^[1-9]\d{0,14}$/.test(id) ? sandbox.webhooks.queue.find(Number(id)) : undefined;
  if (!delivery) throw toFailure('NO_SUCH_WEBHOOK', `"${sandbox.name}" has no delivery ${quote(id)}.`);
  return delivery;
}
