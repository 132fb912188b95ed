import { exchange, type Received } from './sending.ts';

/** A feature that somebody wants to use, as the vendor's TypeScript client has it. */
export interface EntitlementQuestion {
  readonly userId: string;
  readonly featureId: string;
  readonly action: Readonly<Record<string, unknown>>;
}

/**
 * The vendor's TypeScript client, version 0.9.0, which speaks profile head. FIDELITY: what it is recognised by is that it
 * names JSON in every request, also where there is no body, sends only Bearer, encodes no id, drops a `limit` and
 * an `offset` of 0, and has dates, users and estimates in spellings that the server does not read.
 */
export class TypescriptSdk {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(base: string, apiKey: string) {
    this.#base = base;
    this.#headers = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${apiKey}`,
      'User-Agent': '@openmonetize/sdk/0.9.0',
    };
  }

  ingestEvents(events: readonly object[]): Promise<Received> {
    return this.#send('POST', '/v1/events/ingest', { events });
  }

  getCreditBalance(userId: string): Promise<Received> {
    return this.#send('GET', `/v1/users/${userId}/credits`);
  }

  purchaseCredits(purchase: object): Promise<Received> {
    return this.#send('POST', '/v1/credits/purchase', purchase);
  }

  grantCredits(grant: object): Promise<Received> {
    return this.#send('POST', '/v1/credits/grant', grant);
  }

  getTransactionHistory(
    userId: string,
    { limit, offset }: { limit?: number; offset?: number } = {},
  ): Promise<Received> {
    const query = new URLSearchParams();
    if (limit) query.append('limit', String(limit));
    if (offset) query.append('offset', String(offset));
    return this.#send('GET', `/v1/users/${userId}/transactions${toQuery(query)}`);
  }

  checkEntitlement(question: EntitlementQuestion): Promise<Received> {
    return this.#send('POST', '/v1/entitlements/check', question);
  }

  createEntitlement(entitlement: object): Promise<Received> {
    return this.#send('POST', '/v1/entitlements', entitlement);
  }

  listEntitlements(): Promise<Received> {
    return this.#send('GET', '/v1/entitlements');
  }

  updateEntitlement(id: string, change: object): Promise<Received> {
    return this.#send('PUT', `/v1/entitlements/${id}`, change);
  }

  deleteEntitlement(id: string): Promise<Received> {
    return this.#send('DELETE', `/v1/entitlements/${id}`);
  }

  calculateCost(calculation: object): Promise<Received> {
    return this.#send('POST', '/v1/rating/calculate', calculation);
  }

  getPricing(): Promise<Received> {
    return this.#send('GET', '/v1/rating/pricing');
  }

  getUsageAnalytics(asked: Readonly<Record<string, string>>): Promise<Received> {
    return this.#send('GET', `/v1/analytics/usage${toQuery(new URLSearchParams(asked))}`);
  }

  getCostAnalytics(asked: Readonly<Record<string, string>>): Promise<Received> {
    return this.#send('GET', `/v1/analytics/costs${toQuery(new URLSearchParams(asked))}`);
  }

  #send(method: string, path: string, body?: object): Promise<Received> {
    return exchange({ method, url: `${this.#base}${path}`, headers: this.#headers, body });
  }
}

function toQuery(query: URLSearchParams): string {
  return query.size === 0 ? '' : `?${query.toString()}`;
}
