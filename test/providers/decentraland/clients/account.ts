import type { Session } from './session.ts';

type Enrolment = 'enrolled' | 'opted_out' | 'not_registered';

/** The account app, on its page about credits. */
export class AccountClient {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** It needs `data`, and takes 404 for who is not registered. */
  async readStatus(): Promise<Enrolment> {
    const { status, json } = await this.#session.ask(`/users/${this.#session.wallet.address}/status`);
    if (status === 404) return 'not_registered';
    if (status !== 200) throw new Error(toError(json));
    return (json as { readonly data: { readonly status: Enrolment } }).data.status;
  }

  /** `claimed` where its words say so, in any case. */
  async leave(): Promise<'left' | 'claimed' | 'failed'> {
    const { status, json } = await this.#session.ask(`/users/${this.#session.wallet.address}`, { method: 'DELETE' });
    if (status >= 200 && status < 300) return 'left';
    return toError(json).toLowerCase().includes('cannot unregister after claiming credits') ? 'claimed' : 'failed';
  }

  async join(): Promise<boolean> {
    return (await this.#session.ask('/users', { method: 'POST' })).status === 200;
  }
}

/** Of `message`, else of `error`. */
function toError(json: unknown): string {
  const { message, error } = json as { readonly message?: string; readonly error?: string };
  return message ?? error ?? '';
}
