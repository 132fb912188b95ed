import { createIdentity, toSignedHeaders, type Identity, type TestWallet } from './wallet.ts';

/** A request of a client. */
export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  /** Sent in addition, and instead of the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Some calls are not signed. */
  readonly unsigned?: true;
}

export interface Received {
  readonly status: number;
  readonly bytes: Buffer;
  readonly json: unknown;
}

/** A wallet that signs each request as the vendor's clients do: with a key that it has lent, and metadata `{}`. */
export class Session {
  readonly wallet: TestWallet;
  readonly #base: string;
  readonly #identity: Identity;

  constructor(base: string, wallet: TestWallet) {
    this.#base = base;
    this.wallet = wallet;
    this.#identity = createIdentity(wallet);
  }

  /** @param path follows the host, because clients drop any path of their base URL */
  async ask(path: string, { method = 'GET', body, headers, unsigned }: Asked = {}): Promise<Received> {
    const signed = unsigned ? {} : toSignedHeaders(this.#identity, { method: method.toLowerCase(), path });
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...signed, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, bytes, json: isJson ? JSON.parse(bytes.toString()) : undefined };
  }

  /** Asks for something of the wallet, such as `/status`. */
  askOwn(path: string, asked?: Asked): Promise<Received> {
    return this.ask(`/users/${this.wallet.address}${path}`, asked);
  }

  post(path: string, body?: object): Promise<Received> {
    return this.ask(path, { method: 'POST', ...(body && { body }) });
  }

  postUnsigned(path: string, body: object): Promise<Received> {
    return this.ask(path, { method: 'POST', body, unsigned: true });
  }
}

type Enrolment = 'enrolled' | 'opted_out' | 'not_registered';

/** The account app, on its page about credits. */
export function createAccountClient(session: Session) {
  /** Shows `message`, else `error`. */
  const toError = (json: unknown): string => {
    const { message, error } = json as { readonly message?: string; readonly error?: string };
    return message ?? error ?? '';
  };
  return {
    /** Needs `data`, and takes 404 for a user that is not registered. */
    async readStatus(): Promise<Enrolment> {
      const { status, json } = await session.askOwn('/status');
      if (status === 404) return 'not_registered';
      if (status !== 200) throw new Error(toError(json));
      return (json as { readonly data: { readonly status: Enrolment } }).data.status;
    },
    /** Returns `claimed` if the error says so, in any case. */
    async leave(): Promise<'left' | 'claimed' | 'failed'> {
      const { status, json } = await session.askOwn('', { method: 'DELETE' });
      if (status >= 200 && status < 300) return 'left';
      return toError(json).toLowerCase().includes('cannot unregister after claiming credits') ? 'claimed' : 'failed';
    },
    join: async () => (await session.post('/users')).status === 200,
  };
}

/** What the game's parser reads. */
interface Progress {
  readonly user: { readonly hasStartedProgram: boolean };
  readonly credits: { readonly available: number; readonly expiresIn: number; readonly isBlockedForClaiming: boolean };
  readonly goals: readonly {
    readonly progress: { readonly totalSteps: number; readonly completedSteps: number };
    readonly isClaimed: boolean;
  }[];
}

/** The game's panel of credits (the Unity client). */
export function createGameClient(session: Session) {
  const readProgress = async (): Promise<Progress> => {
    const { status, json } = await session.askOwn('/progress');
    if (status !== 200) throw new Error(`The progress has the status ${status}.`);
    return json as Progress;
  };
  return {
    readProgress,
    /** Sends an empty body with the type JSON. */
    async start(): Promise<boolean> {
      const headers = { 'content-type': 'application/json' };
      return (await session.ask('/users', { method: 'POST', headers })).status === 200;
    },
    /** Returns whether the button is shown, and how full the bars of the goals are. */
    async look() {
      const { json } = await session.ask('/seasons');
      const { currentSeason } = json as {
        readonly currentSeason: { readonly season: { readonly state: string } } | null;
      };
      const { goals, credits } = await readProgress();
      const bars = goals.map(({ progress }) => progress.completedSteps / progress.totalSteps);
      const isDue = goals.some(({ isClaimed }, index) => !isClaimed && bars[index] === 1);
      return { canClaim: isDue && !credits.isBlockedForClaiming, bars, state: currentSeason?.season.state ?? 'ENDED' };
    },
    /** Needs the bytes of a picture; anything else is a picture that failed to load. */
    async loadCaptcha(): Promise<void> {
      const { status, bytes } = await session.ask('/captcha');
      const isPng = bytes.subarray(1, 4).toString() === 'PNG';
      if (status !== 200 || !isPng) throw new Error(`The captcha did not load: ${status}.`);
    },
    async claim(x: number): Promise<unknown> {
      const { status, json } = await session.post('/captcha', { x });
      if (status !== 200) throw new Error(`The claim did not load: ${status}.`);
      return json;
    },
  };
}

interface Authorized {
  readonly credit: { readonly id: string; readonly availableAmount: string };
  readonly maxCreditedValue: string;
}

/** The shop, which buys credits with dollars and spends them on items. */
export function createShopClient(session: Session) {
  const readTotal = async (path: string): Promise<number> =>
    ((await session.askOwn(path)).json as { readonly total: number }).total;
  return {
    readBalance: async () => ((await session.askOwn('/credits')).json as { readonly usd?: object }).usd,
    async listPacks(): Promise<readonly string[]> {
      const { json } = await session.ask('/credits/packs', { unsigned: true });
      return (json as { readonly packs: readonly { readonly id: string }[] }).packs.map(({ id }) => id);
    },
    async checkout(packId: string): Promise<string> {
      const order = { packId, timezone: 'Europe/Madrid', source: 'shop' };
      const { status, json } = await session.post('/credits/checkout', order);
      if (status !== 200) throw new Error(`The checkout has the status ${status}.`);
      return (json as { readonly orderId: string }).orderId;
    },
    /** Asks every 1.5 seconds until the order does not change. */
    poll: async (orderId: string) => (await session.ask(`/credits/orders/${orderId}`)).json,
    turn: async (orderId: string, end: 'cancel' | 'resume') =>
      (await session.post(`/credits/orders/${orderId}/${end}`)).status,
    /** Returns `poor` for 402. */
    async authorize(usdPriceCents: number, itemId: string): Promise<Authorized | 'poor'> {
      const contractAddress = '0x00000000000000000000000000000000000000C2';
      const item = { usdPriceCents, contractAddress, itemId, source: 'shop' };
      const { status, json } = await session.post('/credits/authorize', item);
      return status === 402 ? 'poor' : (json as Authorized);
    },
    release: async (salts: readonly string[]) => (await session.post('/credits/authorize/cancel', { salts })).json,
    submit: async (salts: readonly string[], txHash: string) =>
      (await session.post('/credits/authorize/submitted', { salts, txHash })).json,
    /** Returns the numbers of purchases and of orders that its pages show. */
    listActivity: async () => [
      await readTotal('/purchases?status=all&limit=20&offset=0'),
      await readTotal('/credit-orders?limit=20&offset=0'),
    ],
  };
}
