import { assert } from '../errors.ts';
import type { InveterateOperation } from '../operation.ts';
import { presentSubscription } from '../present.ts';
import type { Merchant, State, Subscription } from '../state.ts';

/** ASSUMED: the maximum per merchant is not documented. */
const MOST = 100;
const HEX = '0123456789abcdef';

export const findSubscriptions: InveterateOperation<'WebhookSubscriptionsController_findAll'> = ({
  state,
  principal,
}) => {
  const own = state.subscriptions.list('merchant', { within: [principal.merchantId] });
  const subscriptions = [...own].map(presentSubscription);
  return { status: 200, body: { message: 'Webhook subscriptions found', data: { subscriptions } } };
};

/** ASSUMED: a topic may have several, or no id would be needed; it takes effect at once. */
export const createSubscription: InveterateOperation<'WebhookSubscriptionsController_create'> = (call) => {
  const { state, principal, random, options, now, body } = call;
  const { merchantId } = principal;
  const callbackUrl = parseCallback(body.callbackUrl);
  const own = [...state.subscriptions.list('merchant', { within: [merchantId] })];
  assert(own.length < MOST, 'TOO_MANY_SUBSCRIPTIONS');
  const subscription: Subscription = {
    merchantId,
    id: random.text('subscription', HEX, 32),
    topic: body.topic,
    callbackUrl,
    name: body.name,
    token: options.webhookToken ? random.text('webhookToken', HEX, 32) : null,
    createdAt: now,
    updatedAt: now,
  };
  state.subscriptions.put(subscription);
  const { token } = subscription;
  const data = { ...presentSubscription(subscription), ...(token !== null && { token }) };
  return { status: 201, body: { message: 'Webhook subscription created', data } };
};

/** FIDELITY: the topic cannot be changed; it is part of the key (vendor docs). */
export const updateSubscription: InveterateOperation<'WebhookSubscriptionsController_update'> = (call) => {
  const { state, principal, now, body } = call;
  const callbackUrl = body.callbackUrl === undefined ? undefined : parseCallback(body.callbackUrl);
  const known = getSubscription(state, principal, body);
  const updated = {
    ...known,
    callbackUrl: callbackUrl ?? known.callbackUrl,
    name: body.name ?? known.name,
    updatedAt: now,
  };
  state.subscriptions.put(updated);
  return { status: 200, body: { message: 'Webhook subscription updated', data: presentSubscription(updated) } };
};

/** ASSUMED: earlier events are still sent. */
export const removeSubscription: InveterateOperation<'WebhookSubscriptionsController_remove'> = (call) => {
  const { id } = getSubscription(call.state, call.principal, call.body);
  call.state.subscriptions.delete(id);
  return { status: 200, body: { message: 'Webhook subscription deleted', data: {} } };
};

/** @throws NO_SUCH_SUBSCRIPTION also for one of another topic or merchant */
function getSubscription(
  state: State,
  { merchantId }: Merchant,
  { id, topic }: Pick<Subscription, 'id' | 'topic'>,
): Subscription {
  const found = state.subscriptions.find(id);
  assert(found?.merchantId === merchantId && found.topic === topic, 'NO_SUCH_SUBSCRIPTION');
  return found;
}

/** ASSUMED: a URL with a password is refused. @throws BAD_CALLBACK */
function parseCallback(text: string): string {
  assert(isCallback(text), 'BAD_CALLBACK');
  return text;
}

export function isCallback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
