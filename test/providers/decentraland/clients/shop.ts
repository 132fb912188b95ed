import type { Session } from './session.ts';

interface Usd {
  readonly balanceCents: number;
  readonly credits: number;
  readonly held?: { readonly cents: number };
}

interface Authorized {
  readonly credit: { readonly id: string; readonly availableAmount: string; readonly expiresAt: number };
  readonly maxCreditedValue: string;
  readonly usdCents: number;
}

/** The shop, which buys credits with dollars and spends them on items. */
export class ShopClient {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async readBalance(): Promise<Usd | undefined> {
    const { json } = await this.#session.ask(`/users/${this.#session.wallet.address}/credits`);
    return (json as { readonly usd?: Usd }).usd;
  }

  async listPacks(): Promise<readonly string[]> {
    const { json } = await this.#session.ask('/credits/packs', { unsigned: true });
    return (json as { readonly packs: readonly { readonly id: string }[] }).packs.map(({ id }) => id);
  }

  async checkout(packId: string): Promise<string> {
    const { status, json } = await this.#session.ask('/credits/checkout', {
      method: 'POST',
      body: { packId, timezone: 'Europe/Madrid', source: 'shop' },
    });
    if (status !== 200) throw new Error(`The checkout is answered ${status}.`);
    return (json as { readonly orderId: string }).orderId;
  }

  /** It asks every 1.5 seconds until the order stands still. */
  async poll(orderId: string): Promise<object> {
    return (await this.#session.ask(`/credits/orders/${orderId}`)).json as object;
  }

  /** `end` is `cancel` or `resume`. */
  async turn(orderId: string, end: 'cancel' | 'resume'): Promise<number> {
    return (await this.#session.ask(`/credits/orders/${orderId}/${end}`, { method: 'POST' })).status;
  }

  /** `poor` at 402. */
  async authorize(usdPriceCents: number, itemId: string): Promise<Authorized | 'poor'> {
    const contractAddress = '0x00000000000000000000000000000000000000C2';
    const body = { usdPriceCents, contractAddress, itemId, source: 'shop' };
    const { status, json } = await this.#session.ask('/credits/authorize', { method: 'POST', body });
    return status === 402 ? 'poor' : (json as Authorized);
  }

  async release(salts: readonly string[]): Promise<unknown> {
    return (await this.#session.ask('/credits/authorize/cancel', { method: 'POST', body: { salts } })).json;
  }

  async submit(salts: readonly string[], txHash: string): Promise<unknown> {
    const body = { salts, txHash };
    return (await this.#session.ask('/credits/authorize/submitted', { method: 'POST', body })).json;
  }

  /** What it has bought, and what was ordered, as its pages show them. */
  async listActivity(): Promise<readonly [purchases: number, orders: number]> {
    const { address } = this.#session.wallet;
    const purchases = await this.#session.ask(`/users/${address}/purchases?status=all&limit=20&offset=0`);
    const orders = await this.#session.ask(`/users/${address}/credit-orders?limit=20&offset=0`);
    return [toTotal(purchases.json), toTotal(orders.json)];
  }
}

function toTotal(json: unknown): number {
  return (json as { readonly total: number }).total;
}
