import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { send, toGet, toPut, type Ask } from '../client.ts';
import type { Bench } from '../row.ts';

/** A tool that does some of our work: it keeps a record, or answers from a document, and gives it to whoever asks. */
export interface Peer {
  readonly title: string;
  /** What npm installs for it. */
  readonly packages: readonly string[];
  /** The words behind `node` that start it. */
  readonly toWords: (place: Place) => readonly string[];
  /** What is asked until it has started. */
  readonly toFirst?: (url: string) => Ask;
  /** Its read and its write of one record; where it has to make that first, it does. */
  readonly toWork: (url: string) => Promise<{ readonly read: Ask; readonly write: Ask }>;
}

interface Place {
  readonly bench: Bench;
  /** Where its packages are. */
  readonly folder: string;
  readonly port: number;
}

const STRIPE = { Authorization: 'Bearer sk_test_{n}' };
const FORM = { ...STRIPE, 'Content-Type': 'application/x-www-form-urlencoded' };

const toDocument = ({ workspace }: Bench): string => workspace.toBuilt('specs/klaim.json');

/** Klaim's own document, for tools that answer from one. */
const ofDocument = (url: string): Promise<{ readonly read: Ask; readonly write: Ask }> =>
  Promise.resolve({ read: toGet(url, 'ada'), write: toPut(url, 'ada') });

export const peers: readonly Peer[] = [
  {
    title: 'emulate (Stripe: a customer)',
    packages: ['emulate@0.12.2'],
    toWords: ({ folder, port }) => [toBin(folder, 'emulate'), 'start', '--service', 'stripe', '--port', String(port)],
    toFirst: (url) => ({ url: `${url}/v1/customers`, method: 'GET', headers: {}, body: undefined, status: 200 }),
    toWork: async (url) => {
      const make = {
        url: `${url}/v1/customers`,
        method: 'POST',
        headers: FORM,
        body: 'name=ada',
        status: 200,
      } as const;
      const { id } = JSON.parse(await send(make)) as { readonly id: string };
      // It lets each key ask 5,000 times, so that every request has another.
      const read = { url: `${url}/v1/customers/${id}`, method: 'GET', headers: STRIPE, body: undefined, status: 200 };
      return { read: { ...read, method: 'GET' }, write: { ...read, method: 'POST', headers: FORM, body: 'name=bob' } };
    },
  },
  {
    title: 'json-server',
    packages: ['json-server@1.0.0-beta.15'],
    toWords: ({ bench, folder, port }) => [
      toBin(folder, 'json-server'),
      bench.workspace.writeJson(`records-${port}`, { users: [{ id: 'ada', credit_balance: 700 }] }),
      ...['--port', String(port), '--host', '127.0.0.1'],
    ],
    toWork: (url) => {
      const read = { url: `${url}/users/ada`, method: 'GET', headers: {}, body: undefined, status: 200 } as const;
      const headers = { 'Content-Type': 'application/json' };
      return Promise.resolve({ read, write: { ...read, method: 'PATCH', headers, body: '{"credit_balance":701}' } });
    },
  },
  {
    title: 'openapi-backend on Express',
    packages: ['openapi-backend@5.21.2', 'express@5.3.0'],
    toWords: ({ bench, port }) => [
      bench.workspace.writeScript('peers/openapi-backend-server'),
      toDocument(bench),
      String(port),
    ],
    toWork: ofDocument,
  },
  {
    title: 'Prism, without a log',
    packages: ['@stoplight/prism-cli@5.16.0'],
    toWords: ({ bench, folder, port }) => [
      ...[toBin(folder, '@stoplight/prism-cli', 'prism'), 'mock', '--verboseLevel', 'silent', '--no-multiprocess'],
      ...['--port', String(port), toDocument(bench)],
    ],
    toWork: ofDocument,
  },
  {
    title: 'Mockoon',
    packages: ['@mockoon/cli@9.9.0'],
    toWords: ({ bench, folder, port }) => [
      ...[toBin(folder, '@mockoon/cli', 'mockoon-cli'), 'start', '--disable-log-to-file', '--disable-admin-api'],
      ...['--hostname', '127.0.0.1', '--port', String(port), '--data', toDocument(bench)],
    ],
    toWork: ofDocument,
  },
];

function toBin(folder: string, name: string, command = name): string {
  const home = join(folder, 'node_modules', name);
  const file = join(home, 'package.json');
  if (!existsSync(file)) throw new Error(`${name} could not be installed.`);
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  return join(home, bin[command] ?? '');
}
