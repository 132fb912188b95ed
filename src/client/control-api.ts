import type { operations } from '../generated/emulator.ts';
import { followEvents, type EventOptions, type SandboxEvent } from './events.ts';
import { toFailure } from './failures.ts';
import { parseObject } from './json.ts';
import type { ControlResponse, ControlRequest, Transport } from '../http/control-transport.ts';

export type EndpointId = keyof operations;

/** Method and path of every act, as `specs/emulator.yaml` has them. */
export const ENDPOINTS: Readonly<Record<EndpointId, `${'GET' | 'PUT' | 'POST' | 'DELETE'} /${string}`>> = {
  getHealth: 'GET /health',
  getReady: 'GET /ready',
  listProviders: 'GET /providers',
  getProvider: 'GET /providers/{id}',
  getDocument: 'GET /specs/{file}',
  getEnv: 'GET /env',
  getCa: 'GET /ca',
  getMetrics: 'GET /metrics',
  listFixtures: 'GET /fixtures',
  loadFixtures: 'POST /fixtures',
  reset: 'POST /reset',
  getState: 'GET /state',
  putState: 'PUT /state',
  listSnapshots: 'GET /snapshots',
  takeSnapshot: 'PUT /snapshots/{name}',
  deleteSnapshot: 'DELETE /snapshots/{name}',
  restoreSnapshot: 'POST /snapshots/{name}/restore',
  listSandboxes: 'GET /sandboxes',
  getSandbox: 'GET /sandboxes/{name}',
  putSandbox: 'PUT /sandboxes/{name}',
  deleteSandbox: 'DELETE /sandboxes/{name}',
  getClock: 'GET /clock',
  putClock: 'PUT /clock',
  advanceClock: 'POST /clock/advance',
  listFaults: 'GET /faults',
  addFault: 'POST /faults',
  clearFaults: 'DELETE /faults',
  getFault: 'GET /faults/{id}',
  putFault: 'PUT /faults/{id}',
  deleteFault: 'DELETE /faults/{id}',
  listControls: 'GET /controls',
  runControl: 'POST /controls/{provider}/{name}',
  listRequests: 'GET /requests',
  clearRequests: 'DELETE /requests',
  verifyRequests: 'POST /requests/verify',
  exportRequests: 'GET /requests.har',
  getRequest: 'GET /requests/{id}',
  followEvents: 'GET /events',
  listStreams: 'GET /streams',
  listWebhooks: 'GET /webhooks',
  getWebhook: 'GET /webhooks/{id}',
  sendWebhook: 'POST /webhooks/{id}/send',
  listLedger: 'GET /ledger',
  listAccounts: 'GET /accounts',
  listFindings: 'GET /audit',
  clearFindings: 'DELETE /audit',
  allowFindings: 'PUT /audit/allowed',
  listEvidence: 'GET /evidence',
  getBundle: 'GET /bundle',
  rewindSandbox: 'POST /rewind',
};

type Parameters<Id extends EndpointId> = operations[Id]['parameters'];
type PathOf<Id extends EndpointId> =
  Parameters<Id> extends { path: infer P } ? { readonly path: P } : { readonly path?: undefined };
/** What may be asked for beside the path. */
export type QueryOf<Id extends EndpointId> = NonNullable<Parameters<Id>['query']>;
type Content<T> = T extends { content: { 'application/json': infer C } } ? C : never;
/** What is sent with an act; `never` for one that takes nothing. */
export type BodyOf<Id extends EndpointId> = Content<NonNullable<operations[Id]['requestBody']>>;
type Sent<Id extends EndpointId> = operations[Id] extends { requestBody: { content: unknown } }
  ? { readonly body: BodyOf<Id> }
  : { readonly body?: BodyOf<Id> | undefined };
type Responses<Id extends EndpointId> = operations[Id]['responses'];
/** What an act gives back where it succeeds. */
export type AnswerOf<Id extends EndpointId> = {
  [S in keyof Responses<Id> & (200 | 201 | 204)]: Responses<Id>[S] extends { content: { 'application/json': infer C } }
    ? C
    : void;
}[keyof Responses<Id> & (200 | 201 | 204)];

/** What an act is told. An object among the values of a query is sent as JSON. */
export type InputOf<Id extends EndpointId> = PathOf<Id> &
  Sent<Id> & { readonly query?: Readonly<Partial<Record<keyof QueryOf<Id>, unknown>>> | undefined };

/** The acts of the control API on one sandbox, by whatever way they travel. */
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
   * @param also statuses that are as good as success
   * @throws {EmulatorError} when it is refused
   * @throws {UnreachableError} when no emulator answers
   */
  async call<Id extends EndpointId>(id: Id, input: InputOf<Id>, also: readonly number[] = []): Promise<AnswerOf<Id>> {
    const answer = await this.#send(id, input);
    const text = await answer.text();
    if (answer.status >= 300 && !also.includes(answer.status)) throw toFailure(answer.status, text);
    // The control API holds its answers against the document that these types are made from.
    if (answer.status === 204) return undefined as AnswerOf<Id>;
    const content = parseObject(text);
    if (!content) throw this.#transport.toStranger();
    return content as AnswerOf<Id>;
  }

  /**
   * What an act says as text.
   *
   * @throws {EmulatorError} and {UnreachableError} as `call`
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
    const [method = '', template = ''] = ENDPOINTS[id].split(' ');
    const filled = `${fill(template, path ?? {})}${renderQuery(query ?? {})}`;
    return this.#transport.send({ method, path: filled, sandbox: this.#sandbox, body, ...how });
  }

  /** All that happens in the sandbox, from the moment of the call. */
  follow(options: EventOptions): AsyncGenerator<SandboxEvent, void, undefined> {
    const { brief, signal } = options;
    const open = (after: string | undefined): Promise<ControlResponse> => {
      const headers = after === undefined ? undefined : { 'Last-Event-ID': after };
      return this.#send('followEvents', { query: { brief } }, { headers, signal, goesOn: true });
    };
    // Now, and not when the first event is asked for: what is done in between is not to be missed.
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
