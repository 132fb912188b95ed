import type { Contract } from '../core/contract/contract.ts';
import type { FoundExchange, Service, Stage } from '../core/exchange/exchange.ts';
import type { Reply } from '../core/wire/reply.ts';
import type { Approach, RequestHead } from '../core/wire/request.ts';
import type { AnyParts } from '../core/provider/call.ts';
import type { CorsPolicy } from '../core/wire/policies.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { parseRequest } from '../core/exchange/parse-request.ts';
import { findOperation, validateRequest } from '../core/exchange/stages.ts';
import { ENDPOINTS } from '../generated/endpoints.ts';
import { suggestKnown } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import type { EndpointId, Endpoint, Installation } from './endpoint.ts';
import * as audit from './endpoints/audit.ts';
import * as bundle from './endpoints/bundle.ts';
import * as clock from './endpoints/clock.ts';
import * as controls from './endpoints/controls.ts';
import * as emulator from './endpoints/emulator.ts';
import * as evidence from './endpoints/evidence.ts';
import * as events from './endpoints/events.ts';
import * as faults from './endpoints/faults.ts';
import * as fixtures from './endpoints/fixtures.ts';
import * as ledger from './endpoints/ledger.ts';
import * as requests from './endpoints/requests.ts';
import * as sandboxes from './endpoints/sandboxes.ts';
import * as snapshots from './endpoints/snapshots.ts';
import * as streams from './endpoints/streams.ts';
import * as state from './endpoints/state.ts';
import * as verification from './endpoints/verification.ts';
import * as webhooks from './endpoints/webhooks.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import { renderFailure, toFailure } from './problems.ts';
import { createSite } from './site.ts';

/** Each function has the name of its operation in `specs/emulator.yaml`. */
const HANDLERS: { readonly [Id in EndpointId]: Endpoint<Id> } = {
  ...audit,
  ...bundle,
  ...clock,
  ...controls,
  ...emulator,
  ...evidence,
  ...events,
  ...faults,
  ...fixtures,
  ...ledger,
  ...requests,
  ...sandboxes,
  ...snapshots,
  ...streams,
  ...state,
  ...verification,
  ...webhooks,
};

/** An endpoint without its own types. */
type AnyEndpoint = {
  run(
    call: AnyParts & {
      sandbox: Sandbox;
      installation: Installation;
      headers: RequestHead['headers'];
      bytes: number;
      approach: Approach | undefined;
    },
  ): Reply | Promise<Reply>;
}['run'];

const DESCRIBED: Readonly<Record<string, { readonly needsSandbox: boolean }>> = ENDPOINTS;

/** Endpoints that a replay must call again. All others are replayed from their commits. */
const REPEATED: ReadonlySet<string> = new Set<EndpointId>([
  'addFault',
  'clearFaults',
  'putFault',
  'deleteFault',
  'runControl',
]);

/** 32 MiB: a state of 100,000 records fits, and no longer text is parsed at once, for which others wait. */
const BODY_LIMIT = 33_554_432;

/** Lets pages of allowed origins read responses. The guard decides which requests are accepted. */
const CORS: CorsPolicy = {
  preflight: {
    'Access-Control-Allow-Methods': 'GET,HEAD,POST,PUT,DELETE',
    'Access-Control-Allow-Headers': 'Authorization,Content-Type,Last-Event-ID,X-Emulator-Sandbox',
    'Access-Control-Max-Age': '600',
    Vary: 'Origin',
  },
  actual: { 'Access-Control-Expose-Headers': 'X-Emulator-Request-Id', Vary: 'Origin' },
};

/**
 * A browser names the page that asks only if the emulator has an address of this machine. Under any other name the guard
 * cannot tell an `<img>` of a page from a client, so these headers make the browser hide the response from such a page.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Creates the control API: the engine of the providers with endpoints as operations, and without a journal. */
export function createControlService(contract: Contract, installation: Installation, options: GuardOptions): Service {
  const endpoints: Readonly<Record<string, AnyEndpoint>> = HANDLERS;
  const act: Stage = async (exchange) => {
    const { operation, pathParams, query, body, sandbox, request } = exchange;
    const { body: content, approach, headers } = request;
    const bytes = content?.length ?? 0;
    const { operationId } = operation;
    const run = endpoints[operationId];
    if (!run) throw new Error(`The endpoint "${operationId}" is not written.`);
    const before = sandbox.seq;
    const reply = run({ path: pathParams, query, body, sandbox, installation, headers, bytes, approach });
    // Changes made so far are noted before another request can be handled.
    exchange.reply = reply instanceof Promise ? await reply : reply;
    if (REPEATED.has(operationId)) {
      const { method, url: path } = request;
      const [last] = sandbox.feed.since(before).slice(-1);
      const at = last?.at ?? sandbox.time.reached;
      sandbox.recording.note({
        kind: 'act',
        at,
        method,
        path,
        body: content && content.length > 0 ? content.toString() : undefined,
      });
    }
    return undefined;
  };
  return {
    id: 'emulator',
    contract,
    journalled: false,
    guard: createGuard(options),
    answerAside: createSite(options),
    concernsSandbox: (head) => concernsSandbox(head, contract),
    stages: [findOperation, refuseUnknownParameters, parseRequest, validateRequest, act],
    body: {
      accept: ['application/json'],
      assume: 'application/json',
      limit: BODY_LIMIT,
      depth: 1000,
      protoKeys: 'data',
    },
    paths: { doubleSlash: 'refuse', trailingSlash: 'collapse' },
    headers: HEADERS,
    cors: { ...CORS, origins: options.origins },
    renderFailure,
  };
}

/** Whether the request is for an endpoint that needs a sandbox. */
function concernsSandbox({ method, url }: RequestHead, contract: Contract): boolean {
  const [path = ''] = url.split('?', 1);
  const found = contract.find(method === 'HEAD' ? 'GET' : method, path.replace(/(?<=.)\/$/, ''));
  return 'operation' in found && DESCRIBED[found.operation.operationId]?.needsSandbox === true;
}

/** A provider ignores unknown parameters; here, a misspelt filter would match everything. */
function refuseUnknownParameters({ operation, request }: FoundExchange): undefined {
  const { queryNames } = operation;
  for (const name of new URLSearchParams(request.url.split('?')[1]).keys()) {
    if (!queryNames.has(name)) {
      throw toFailure('UNKNOWN_PARAMETER', `Unknown parameter ${quote(name)}${suggestKnown(name, queryNames)}`);
    }
  }
}
