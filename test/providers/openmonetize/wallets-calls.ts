import { expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  KEYS,
  isRefusal,
  type Answer,
  type Calling,
  type Entry,
  type Event,
  type Granting,
  type Model,
  type Purchasing,
  type Settings,
  type Wallet,
} from './wallets-model.ts';

const UUID = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/) as string;

type Act =
  | ({ readonly kind: 'grant' } & Omit<Granting, keyof Calling>)
  | ({ readonly kind: 'purchase' } & Omit<Purchasing, keyof Calling>)
  | { readonly kind: 'ingest'; readonly events: readonly Event[] }
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'readOwn' }
  | { readonly kind: 'readUser'; readonly user: string }
  | ({ readonly kind: 'readHistory' } & Page);

/** One emulator, called as a profile is called. */
export class Api {
  readonly #url: string;
  readonly #profile: Settings['profile'];

  constructor(url: string, profile: Settings['profile']) {
    this.#url = url;
    this.#profile = profile;
  }

  get(calling: Calling, path: string): Promise<Answer> {
    return this.#send('GET', `/openmonetize${path}`, toHeaders(calling));
  }

  post(calling: Calling, path: string, body: object): Promise<Answer> {
    return this.#send('POST', `/openmonetize${path}`, toHeaders(calling), body);
  }

  /** Credits or transactions of a user. */
  getOfUser(calling: Calling, id: string, what: string): Promise<Answer> {
    const root = this.#profile === 'seed' ? `/v1/customers/${calling.named}` : '/v1';
    return this.get(calling, `${root}/users/${id}/${what}`);
  }

  async control(path: string): Promise<unknown> {
    return (await this.#send('GET', `/_emulator${path}`)).body;
  }

  async advance(by: number): Promise<void> {
    const { status } = await this.#send('POST', '/_emulator/clock/advance', {}, { by });
    expect(status).toBe(200);
  }

  async #send(method: string, path: string, headers: Record<string, string> = {}, sent?: object): Promise<Answer> {
    const withBody = sent && {
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(sent),
    };
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...withBody });
    return { status: response.status, body: await response.json() };
  }
}

function toHeaders({ caller, signed }: Calling): Record<string, string> {
  const key = KEYS[caller] ?? '';
  return signed ? { Authorization: `Bearer ${key}`, 'X-API-Key': key } : {};
}

const ok = (body: unknown): Answer => ({ status: 200, body });

/** Fields of an answer's `data`. */
function dataOf({ body }: Answer): Readonly<Record<string, unknown>> {
  return Reflect.get(body as object, 'data') as Record<string, unknown>;
}

/** Does what is to be done, here and in the model, and compares the answers. */
export async function take(api: Api, model: Model, calling: Calling, act: Act): Promise<void> {
  // What is due happens before anything else does.
  model.advance(0);
  switch (act.kind) {
    case 'grant': {
      const { user, team, amount, asText, reason, key, expiresAt } = act;
      const body = { customerId: calling.named, userId: user, teamId: team, amount: asText ? `${amount}` : amount };
      const rest = { reason, idempotencyKey: key, expiresAt };
      const answer = await api.post(calling, '/v1/credits/grant', { ...body, ...rest });
      const happened = model.grant({ ...calling, ...act });
      if (isRefusal(happened)) return expect(answer).toEqual(happened);
      const { id = UUID, wallet, after, amount: added } = happened;
      const ids = { transactionId: id, walletId: wallet.id ?? UUID };
      expect(answer).toEqual(ok({ data: { ...ids, newBalance: `${after}`, amount: `${added}` } }));
      happened.id = String(dataOf(answer)['transactionId']);
      wallet.id = String(dataOf(answer)['walletId']);
      return;
    }
    case 'purchase': {
      const { user, amount, asText, price, expiresAt } = act;
      const body = { customerId: calling.named, userId: user, amount: asText ? `${amount}` : amount };
      // Such a key counts for nothing here.
      const rest = { purchasePrice: price, expiresAt, idempotencyKey: 'old' };
      const answer = await api.post(calling, '/v1/credits/purchase', { ...body, ...rest });
      const happened = model.purchase({ ...calling, ...act });
      if (isRefusal(happened)) return expect(answer).toEqual(happened);
      expect(answer).toEqual(ok({ data: { transactionId: UUID, newBalance: Number(happened.after) } }));
      happened.id = String(dataOf(answer)['transactionId']);
      return;
    }
    case 'ingest': {
      const answer = await api.post(calling, '/v1/events/ingest', {
        events: act.events.map(({ id, key, user, team, quantity }) => ({
          ...{ event_id: id, idempotency_key: key, customer_id: calling.named, user_id: user, team_id: team, quantity },
          ...{ event_type: 'CUSTOM', feature_id: 'chat', unit_type: 'page', timestamp: START },
        })),
      });
      const happened = model.ingest(calling, act.events);
      if ('status' in happened) return expect(answer).toEqual(happened);
      const { accepted } = happened;
      const counts = { ...happened, rejected: 0 };
      const nothing = { batch_id: null, status: 'all_duplicates', message: 'All events were duplicates' };
      const batch = { batch_id: UUID, status: 'processing', processing_time_ms: 0 };
      expect(answer).toEqual(
        accepted === 0 ? ok({ ...counts, ...nothing }) : { status: 202, body: { ...counts, ...batch } },
      );
      return;
    }
    case 'advance':
      await api.advance(act.by);
      model.advance(act.by);
      return;
    case 'readOwn':
      return expect(await api.get(calling, '/v1/credits/balance')).toEqual(toOwnBalance(model.readOwn(calling)));
    case 'readUser':
      return expect(await api.getOfUser(calling, act.user, 'credits')).toEqual(
        toUserBalance(model.readUser(calling, act.user)),
      );
    case 'readHistory':
      await readPage(api, model, calling, act);
  }
}

function toOwnBalance(held: Wallet | Answer | undefined): Answer {
  if (held && 'status' in held) return held;
  const balance = String(held?.balance ?? 0);
  const currency = held ? 'credits' : 'USD';
  return ok({ data: { balance, reservedBalance: '0', availableBalance: balance, currency } });
}

function toUserBalance(held: Wallet | Answer): Answer {
  if ('status' in held) return held;
  const balance = Number(held.balance);
  return ok({ data: { balance, reserved: 0, available: balance, expiresAt: held.expiresAt } });
}

interface Page {
  readonly user: string;
  readonly limit: number;
  readonly offset: number;
}

/** A transaction as it was answered. */
export interface Shown {
  readonly id: string;
  readonly amount: number;
  readonly balanceBefore: number;
  readonly balanceAfter: number;
}

/** Reads a page and compares it; in profile head the first one, whichever is asked for. */
export async function readPage(api: Api, model: Model, calling: Calling, page: Page): Promise<readonly Shown[]> {
  const inHead = model.settings.profile === 'head';
  const { limit, offset } = inHead ? { limit: 50, offset: 0 } : page;
  const query = inHead ? '' : `?limit=${limit}&offset=${offset}`;
  const answer = await api.getOfUser(calling, page.user, `transactions${query}`);
  const history = model.readHistory(calling, page.user);
  if ('status' in history) {
    expect(answer).toEqual(history);
    return [];
  }
  const entries = history.slice(offset, offset + limit);
  const pagination = { limit, offset, total: history.length };
  expect(answer).toEqual(ok({ data: entries.map(toTransaction), pagination }));
  const shown = Object.values(dataOf(answer)) as Shown[];
  // Those of burns are told here only.
  for (const [index, entry] of entries.entries()) entry.id = shown[index]?.id;
  return shown;
}

function toTransaction({ id = UUID, type, amount, before, after, description, at }: Entry): object {
  return {
    ...{ id, transactionType: type, amount: Number(amount), description, createdAt: at },
    ...{ balanceBefore: Number(before), balanceAfter: Number(after) },
  };
}
