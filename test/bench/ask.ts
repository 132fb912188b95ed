import { request as open } from 'node:http';

/** One request, and the status that its response must have. */
export interface Ask {
  readonly url: string;
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
}

export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Sends it on a connection of its own. @throws for another status than the expected one */
export function send({ url, method, headers, body, status }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === status) resolve({ status, headers: response.rawHeaders, body: text });
        else reject(new Error(`${method} ${url} answers ${response.statusCode ?? 0} and not ${status}: ${text}`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
