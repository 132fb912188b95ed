/** An answer as a client gets it, before it makes anything of it. */
export interface Received {
  readonly status: number;
  /** Nothing where there is none. */
  readonly body: unknown;
}

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

export async function exchange({ method, url, headers, body }: Sent): Promise<Received> {
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
