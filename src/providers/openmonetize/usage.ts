import { parseInstant } from '../../core/values/clock.ts';
import { toAmount } from '../../core/values/decimal.ts';
import type { Context } from '../../core/provider/call.ts';
import { toCharge, type Usage } from './burning.ts';
import type { OpenMonetize } from './operation.ts';
import { findUnitPrice } from './prices.ts';
import { findBurn, isInt64 } from './rules.ts';
import type { CustomerId, Metadata, TeamId, UserId, Wallet } from './state.ts';
import { storeEvent } from './stored.ts';
import { post } from './transactions.ts';
import { admitReceiver, findWallet } from './wallets.ts';

/** An event as sent, without the customer. */
export interface IncomingEvent extends Usage {
  readonly event_id: string;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly feature_id: string;
  readonly idempotency_key?: string;
  readonly timestamp: string;
  readonly metadata?: Metadata;
}

/** The payload of a scheduled item of kind `burn`. */
export interface Burning {
  readonly customerId: CustomerId;
  readonly event: IncomingEvent;
}

/**
 * Burns the credits of an event.
 *
 * FIDELITY: an event burns nothing if its id or key is stored, or if its user does not exist and is not created (real
 * server, server source). An event is stored even if its owner has no wallet.
 */
export function burn(context: Context<OpenMonetize>, payload: object): void {
  // Only `ingestEvents` schedules them.
  const { customerId, event } = payload as Burning;
  const { state, ids } = context;
  const { event_id, event_type, idempotency_key } = event;
  // FIDELITY: an empty id counts as left out (server source).
  const userId = event.user_id === '' ? undefined : event.user_id;
  if (state.events.find(event_id)) return;
  if (idempotency_key && state.events.findBy('idempotencyKey', idempotency_key)) return;
  if (userId !== undefined && !admitReceiver(context, customerId, userId)) return;
  // FIDELITY: the database lacks this type, so the event becomes a dead letter; its user stays (server source).
  if (event_type === 'FEATURE_ACCESS') return;
  const { provider = '', model = '' } = event;
  const { credits, costUsd } = toCharge(event, findUnitPrice(state, provider, model, 'IMAGE'));
  // ASSUMED: the insert fails, and the event becomes a dead letter.
  if (!isInt64(credits)) return;
  storeEvent(state, {
    eventId: event_id,
    customerId,
    userId: userId ?? null,
    idempotencyKey: idempotency_key === undefined || idempotency_key === '' ? null : idempotency_key,
    eventType: event_type,
    featureId: event.feature_id,
    provider: event.provider ?? null,
    model: event.model ?? null,
    inputTokens: event.input_tokens ?? null,
    outputTokens: event.output_tokens ?? null,
    creditsBurned: toAmount(credits.toString()),
    costUsd,
    timestamp: parseInstant(event.timestamp),
    metadata: event.metadata ?? {},
    place: ids.next('event'),
  });
  if (credits > 0n) takeCredits(context, customerId, event, credits);
}

/**
 * FIDELITY: burns from the wallet of the team, else of the user, else of the customer, even below zero; without a wallet,
 * nothing is burned (real server). ASSUMED: nor beyond 64 bits.
 */
function takeCredits(
  context: Context<OpenMonetize>,
  customerId: CustomerId,
  { team_id, user_id }: IncomingEvent,
  credits: bigint,
): void {
  const wallet = findBurnt(context, customerId, team_id, user_id);
  const step = wallet && findBurn(wallet.balance, credits);
  if (!step) return;
  post(context, wallet, step, {
    transactionType: 'BURN',
    customerId,
    description: 'AI usage credit burn',
    metadata: {},
  });
}

function findBurnt(
  { state }: Context<OpenMonetize>,
  customerId: CustomerId,
  teamId: string | undefined,
  userId: string | undefined,
): Wallet | undefined {
  if (teamId) return findWallet(state, { customerId, userId: null, teamId: teamId as TeamId });
  return findWallet(state, { customerId, userId: userId ? (userId as UserId) : null, teamId: null });
}
