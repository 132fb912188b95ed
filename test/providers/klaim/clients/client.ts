import { request } from 'node:http';

import type { Answer } from '../api.ts';

/** The cursor that a client passes on, whatever it holds. */
export type Key = Readonly<Record<string, string>>;

/** The calls of an app. Klaim has no client of its own to copy. */
export interface Client {
  addUser(email: string, userId?: string): Promise<Answer>;
  readUser(userId: string): Promise<Answer>;
  renameUser(userId: string, name: string): Promise<Answer>;
  readCredits(userId: string): Promise<Answer>;
  changeCredits(userId: string, change: { credit_delta: number; description?: string }): Promise<Answer>;
  listUsers(lastKey?: Key): Promise<Answer>;
}

export type ConnectClient = (url: string, key: string) => Client;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body?: string;
}

const toPath = (userId: string): string => `/users/${encodeURIComponent(userId)}`;

/** Uses node:http, which allows a GET with a body. Each call has the two documented headers. */
function send(url: string, { method, path, key, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${key}`,
      // By default, a GET has none.
      'Content-Length': Buffer.byteLength(body ?? ''),
    };
    const outgoing = request(`${url}${path}`, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** As the docs print it: reads are POST, missing fields are left out, a cursor is an object in the query. */
const connectByTheLetter: ConnectClient = (url, key) => {
  const call = (method: string, path: string, body?: object): Promise<Answer> =>
    send(url, { method, path, key, ...(body && { body: JSON.stringify(body) }) });
  return {
    addUser: (email, userId) => call('POST', '/users', { email, userId }),
    readUser: (userId) => call('POST', toPath(userId)),
    renameUser: (userId, name) => call('PUT', toPath(userId), { name }),
    readCredits: (userId) => call('POST', `${toPath(userId)}/credits`),
    changeCredits: (userId, change) => call('PUT', `${toPath(userId)}/credits`, change),
    listUsers: (lastKey = {}) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(lastKey)) query.set(`starting_after[${name}]`, value);
      return call('GET', query.size === 0 ? '/users' : `/users?${query.toString()}`);
    },
  };
};

/** Like serialisers of typed languages: each field is sent, null if it is missing, and in the body of a GET. */
const connectTyped: ConnectClient = (url, key) => {
  const call = (method: string, path: string, body?: object): Promise<Answer> =>
    send(url, { method, path, key, body: JSON.stringify(body ?? {}) });
  return {
    addUser: (email, userId) =>
      call('POST', '/users', { email, userId: userId ?? null, user_id: userId ?? null, name: null, metadata: null }),
    readUser: (userId) => call('GET', toPath(userId)),
    renameUser: (userId, name) => call('PUT', toPath(userId), { name, email: null, user_id: null, metadata: null }),
    readCredits: (userId) => call('GET', `${toPath(userId)}/credits`),
    changeCredits: (userId, { credit_delta, description }) =>
      call('PUT', `${toPath(userId)}/credits`, { credit_delta, description: description ?? null }),
    listUsers: (lastKey) => call('GET', '/users', { starting_after: lastKey ?? null }),
  };
};

export const clients: readonly { readonly name: string; readonly connect: ConnectClient }[] = [
  { name: 'by the letter of the pages', connect: connectByTheLetter },
  { name: 'with every field, null or not', connect: connectTyped },
];
