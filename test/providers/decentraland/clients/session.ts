import { createIdentity, toSignedHeaders, type Identity, type TestWallet } from '../wallet.ts';

/** What a client sends, and what it makes of the answer. */
export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  /** Sent as it is, where a client has headers of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Some calls are not signed. */
  readonly unsigned?: true;
}

export interface Received {
  readonly status: number;
  readonly type: string;
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

  /** @param path is put behind the host: clients drop any path of their base URL */
  async ask(path: string, { method = 'GET', body, headers, unsigned }: Asked = {}): Promise<Received> {
    const signed = unsigned ? {} : toSignedHeaders(this.#identity, { method: method.toLowerCase(), path });
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...signed, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      type,
      bytes,
      json: type.includes('json') ? JSON.parse(bytes.toString()) : undefined,
    };
  }
}
