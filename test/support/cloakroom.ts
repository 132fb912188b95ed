import { defineCollection, type StateOf } from '../../src/core/store/collection.ts';
import { assertOr, failed, Failure } from '../../src/core/wire/failure.ts';
import { defineProvider, type Provider } from '../../src/core/provider/provider.ts';
import type { Operation } from '../../src/core/provider/call.ts';
import { STATUS } from './providers.ts';

interface Guest {
  readonly name: string;
  readonly visits: number;
}

interface Ticket {
  readonly kind: string;
  readonly number: number;
  readonly holder: string;
}

const collections = {
  guests: defineCollection({ key: (guest: Guest) => guest.name, orders: { name: ({ name }) => [name] } }),
  tickets: defineCollection({
    key: ({ kind, number }: Ticket) => `${kind} ${number}`,
    orders: { number: ({ kind, number }) => [kind, number] },
  }),
};

type State = StateOf<typeof collections>;

interface Json<T> {
  content: { 'application/json': T };
}

interface Parameters {
  color: string | string[];
  size?: number;
  name?: string;
}

interface Echo {
  basePath: string;
  guest: Guest | null;
  params: object;
}

/** As openapi-typescript would make it of cloakroom.yaml. */
interface Spec {
  echoQuery: {
    parameters: { path: { name: string }; query: { color: string | string[]; size?: number } };
    responses: { 200: Json<Echo> };
  };
  echoAll: {
    parameters: { path: { name: string }; query?: { parameters?: Parameters } };
    requestBody?: Json<Parameters>;
    responses: { 200: Json<Echo> };
  };
  readSign: { responses: { 200: Json<Echo> } };
  takeTicket: {
    parameters: { path: { kind: string }; query?: { ending?: 'kept' | 'refused' | 'torn' | 'broken' } };
    responses: { 200: Json<Omit<Ticket, 'holder'> & { guest: Guest }> };
  };
}

/** Code to status. */
const FAILURES = { NO_ROOM: 409, TORN: 410 } as const;

interface Cloakroom {
  spec: Spec;
  collections: typeof collections;
  principal: Guest;
  options: Readonly<Record<string, never>>;
  code: keyof typeof FAILURES;
  parameters: 'merged';
}

interface Heard {
  readonly basePath: string;
  readonly principal: Guest | undefined;
  readonly params: object;
}

function echo({ basePath, principal, params }: Heard): { status: 200; body: Echo } {
  return { status: 200, body: { basePath, guest: principal ?? null, params } };
}

const takeTicket: Operation<Spec['takeTicket'], Cloakroom> = ({ params, principal, state, ids }) => {
  const { kind, ending } = params;
  const number = ids.next(kind);
  state.tickets.put({ kind, number, holder: principal.name });
  // After the writes, so that there is something to take back.
  assertOr(ending !== 'refused', 'NO_ROOM');
  if (ending === 'broken') throw new Error('The ticket machine broke.');
  if (ending === 'torn') return failed('TORN');
  return { status: 200, body: { kind, number, guest: principal } };
};

/** A section of a fixture. Tickets without a number get the next ones. */
interface Section {
  readonly guests?: readonly Guest[];
  readonly tickets?: readonly (Omit<Ticket, 'number'> & { readonly number?: number })[];
}

/**
 * A provider under `/cloakroom`, with the base paths `/v1` and `/v2`, merged parameters and a GET that
 * writes. Whoever gives a name is a guest, by the header `X-Guest` or the parameter `guest`. It
 * starts with nobody and nothing.
 */
export const cloakroom: Provider = defineProvider<Cloakroom>({
  id: 'cloakroom',
  title: 'Cloakroom',
  hosts: [],
  basePaths: ['/v1', '/v2'],
  document: new URL('cloakroom.yaml', import.meta.url),
  options: {},
  env: () => ({}),
  // Parameters first, since the guest's name may be one of them.
  stages: ['parse', 'authenticate', 'validate'],
  parameters: 'merged',
  body: {
    accept: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'],
    limit: 100_000,
    depth: 20,
    protoKeys: 'data',
  },
  paths: { doubleSlash: 'collapse', trailingSlash: 'collapse' },
  headers: { 'X-Cloakroom': 'yes' },
  credential: ({ headers }) => [headers['x-guest']].flat()[0],
  authenticate: ({ credential, params }, { state }) => {
    const name = credential ?? ('guest' in params ? String(params.guest) : undefined);
    if (name === undefined) throw new Failure({ kind: 'unauthenticated' });
    return state.guests.find(name) ?? { name, visits: 0 };
  },
  admit: ({ state, principal }) => {
    const guest = { ...principal, visits: principal.visits + 1 };
    state.guests.put(guest);
    return guest;
  },
  subject: ({ params }) => ('name' in params ? String(params.name) : undefined),
  secrets: [],
  collections,
  controls: {},
  fixture: {
    schema: { type: 'object', additionalProperties: false, properties: { guests: {}, tickets: {} } },
    load: (section, state: State, { ids }) => {
      const { guests = [], tickets = [] } = section as Section;
      for (const guest of guests) state.guests.put(guest);
      for (const { kind, number } of tickets) if (number !== undefined) ids.claim(kind, number);
      for (const ticket of tickets) state.tickets.put({ ...ticket, number: ticket.number ?? ids.next(ticket.kind) });
    },
    dump: (state: State) => ({ guests: [...state.guests.list('name')], tickets: [...state.tickets.list('number')] }),
  },
  operations: { echoQuery: echo, echoAll: echo, readSign: echo, takeTicket },
  renderFailure: (failure, { basePath = null }) => {
    if (failure.kind === 'refused') return { status: FAILURES[failure.code], body: { error: failure.code, basePath } };
    if (failure.kind === 'injected') return { status: failure.status, body: { error: failure.kind, basePath } };
    const body = { error: failure.kind, basePath };
    if (failure.kind !== 'invalid') return { status: STATUS[failure.kind], body };
    const violations = failure.violations.map(({ where, pointer, keyword }) => `${where}${pointer}: ${keyword}`);
    return { status: 422, body: { ...body, violations } };
  },
});
