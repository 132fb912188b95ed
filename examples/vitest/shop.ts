import { setTimeout } from 'node:timers/promises';

/** Milliseconds to wait before each attempt. */
const PAUSES = [0, 50, 200];

/** What `process.env` holds in production. */
export type Settings = Readonly<Record<string, string | undefined>>;

export interface Order {
  readonly id: string;
  readonly user: string;
  readonly credits: number;
}

/** Sells credits of OpenMonetize, and knows what wallets hold at Decentraland. */
export class Shop {
  readonly #settings: Settings;
  readonly #customer: string;

  /** @param customer the shop's id at OpenMonetize */
  constructor(settings: Settings, customer: string) {
    this.#settings = settings;
    this.#customer = customer;
  }

  /** Once for each order, however often it is called and whatever becomes of the answers. */
  async deliver({ id, user, credits }: Order): Promise<void> {
    await this.#sendMoney('/v1/credits/grant', {
      customerId: this.#customer,
      userId: user,
      amount: credits,
      reason: `Order ${id}`,
      idempotencyKey: id,
    });
  }

  async getBalance(user: string): Promise<number> {
    const path = `/v1/customers/${this.#customer}/users/${user}/credits`;
    return ((await this.#sendMoney(path)) as { data: { balance: number } }).data.balance;
  }

  /** What the wallet can spend now, in MANA. */
  async getMana(wallet: string): Promise<number> {
    const url = `${this.#settings['DECENTRALAND_CREDITS_URL']}/users/${wallet}/credits`;
    return ((await send(url)) as { totalCredits: number }).totalCredits;
  }

  #sendMoney(path: string, body?: object): Promise<unknown> {
    const { OPENMONETIZE_BASE_URL: url, OPENMONETIZE_API_KEY: key } = this.#settings;
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
    return send(`${url}${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
  }
}

/**
 * The body of the answer. What failed is tried again, so it must be a request that may come twice: an error can be the
 * answer to one that was carried out.
 */
async function send(url: string, init?: RequestInit): Promise<unknown> {
  let problem: Error | undefined;
  for (const pause of PAUSES) {
    await setTimeout(pause);
    try {
      const response = await fetch(url, init);
      if (response.ok) return await response.json();
      problem = new Error(`${url} answered ${response.status}: ${await response.text()}`);
      if (response.status < 500) break;
    } catch (error) {
      problem = new Error(`${url} did not answer in full`, { cause: error });
    }
  }
  throw problem;
}
