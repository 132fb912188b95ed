import { exchange, type Received } from './sending.ts';

/**
 * The vendor's Python client, which is generated of its older document and speaks profile seed. FIDELITY: it names
 * JSON only with a body, leaves out what is not set, and has instants with an offset and not with Z.
 */
export class PythonClient {
  readonly #host: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(host: string, accessToken: string) {
    this.#host = host;
    this.#headers = {
      Accept: 'application/json',
      'User-Agent': 'OpenAPI-Generator/0.1.0/python',
      Authorization: `Bearer ${accessToken}`,
    };
  }

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Received> {
    const names = Object.keys(query);
    return this.#send('GET', names.length === 0 ? path : `${path}?${new URLSearchParams(query).toString()}`);
  }

  post(path: string, body: object): Promise<Received> {
    return this.#send('POST', path, body);
  }

  put(path: string, body: object): Promise<Received> {
    return this.#send('PUT', path, body);
  }

  patch(path: string, body: object): Promise<Received> {
    return this.#send('PATCH', path, body);
  }

  delete(path: string): Promise<Received> {
    return this.#send('DELETE', path);
  }

  #send(method: string, path: string, body?: object): Promise<Received> {
    const headers = body ? { ...this.#headers, 'Content-Type': 'application/json' } : this.#headers;
    return exchange({ method, url: `${this.#host}${path}`, headers, body });
  }
}
