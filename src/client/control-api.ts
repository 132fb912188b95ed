import { ENDPOINTS } from '../generated/endpoints.ts';
import type { operations } from '../generated/emulator.ts';
import { followEvents, type EventOptions, type SandboxEvent } from './events.ts';
import { parseObject, toFailure } from './failures.ts';
import type { ControlResponse, ControlRequest, Transport } from '../http/control-transport.ts';

type EndpointId = keyof operations;

type Parameters<Id extends EndpointId> = operations[Id]['parameters'];
type PathOf<Id extends EndpointId> =
  Parameters<Id> extends { path: infer P } ? { readonly path: P } : { readonly path?: undefined };
/** The query parameters of an endpoint. */
export type QueryOf<Id extends EndpointId> = NonNullable<Parameters<Id>['query']>;
type Content<T> = T extends { content: { 'application/json': infer C } } ? C : never;
/** The body of a request to an endpoint; `never` if it takes none. */
export type BodyOf<Id extends EndpointId> = Content<NonNullable<operations[Id]['requestBody']>>;
type Sent<Id extends EndpointId> = operations[Id] extends { requestBody: { content: unknown } }
  ? { readonly body: BodyOf<Id> }
  : { readonly body?: BodyOf<Id> | undefined };
type Responses<Id extends EndpointId> = operations[Id]['responses'];
/** The body of a successful response. */
export type AnswerOf<Id extends EndpointId> = {
  [S in keyof Responses<Id> & (200 | 201 | 204)]: Responses<Id>[S] extends { content: { 'application/json': infer C } }
    ? C
    : void;
}[keyof Responses<Id> & (200 | 201 | 204)];

/** What a call sends. An object in the query is sent as JSON. */
export type InputOf<Id extends EndpointId> = PathOf<Id> &
  Sent<Id> & { readonly query?: Readonly<Partial<Record<keyof QueryOf<Id>, unknown>>> | undefined };

/** Calls the control API in one sandbox, over any transport. */
export class ControlApi {
  readonly #transport: Transport;
  readonly #sandbox: string | undefined;

  constructor(transport: Transport, sandbox: string | undefined) {
    this.#transport = transport;
    this.#sandbox = sandbox;
  }

  in(sandbox: string): ControlApi {
    return new ControlApi(this.#transport, sandbox);
  }

  /**
   * @param also statuses that count as success
   * @throws {EmulatorError} if the emulator refuses
   * @throws {UnreachableError} if no emulator answers
   */
  async call<Id extends EndpointId>(id: Id, input: InputOf<Id>, also: readonly number[] = []): Promise<AnswerOf<Id>> {
    const answer = await this.#send(id, input);
    const text = await answer.text();
    if (answer.status >= 300 && !also.includes(answer.status)) throw toFailure(answer.status, text);
    // The control API validates its responses against the document that these types are generated from.
    if (answer.status === 204) return undefined as AnswerOf<Id>;
    const content = parseObject(text);
    if (!content) throw this.#transport.toStranger();
    return content as AnswerOf<Id>;
  }

  /**
   * Returns the text of a response.
   *
   * @throws {EmulatorError} or {UnreachableError} as `call`
   */
  async read(id: 'getCa' | 'getMetrics'): Promise<string> {
    const answer = await this.#send(id, {});
    const text = await answer.text();
    if (answer.status >= 300) throw toFailure(answer.status, text);
    return text;
  }

  #send<Id extends EndpointId>(
    id: Id,
    { path, query, body }: InputOf<Id>,
    how: Pick<ControlRequest, 'headers' | 'signal' | 'goesOn'> = {},
  ): Promise<ControlResponse> {
    const { method, path: template } = ENDPOINTS[id];
    const filled = `${fill(template, path ?? {})}${renderQuery(query ?? {})}`;
    return this.#transport.send({ method, path: filled, sandbox: this.#sandbox, body, ...how });
  }

  /** Returns all events of the sandbox from the moment of the call. */
  follow(options: EventOptions): AsyncGenerator<SandboxEvent, void, undefined> {
    const { brief, signal } = options;
    const open = (after: string | undefined): Promise<ControlResponse> => {
      const headers = after === undefined ? undefined : { 'Last-Event-ID': after };
      return this.#send('followEvents', { query: { brief } }, { headers, signal, goesOn: true });
    };
    // Opened now and not on the first read, so that no event in between is missed.
    const first = open(options.after);
    first.catch(() => undefined);
    let isFirst = true;
    return followEvents((after) => {
      if (!isFirst) return open(after);
      isFirst = false;
      return first;
    }, options);
  }
}

/** Calls that belong together. */
export abstract class Group {
  protected readonly api: ControlApi;

  constructor(api: ControlApi) {
    this.api = api;
  }
}

function fill(template: string, values: object): string {
  const given = new Map<string, unknown>(Object.entries(values));
  return template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(given.get(name))));
}

function renderQuery(query: object): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    if (value !== undefined) pairs.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return pairs.size === 0 ? '' : `?${pairs.toString()}`;
}
