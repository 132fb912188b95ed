import { request } from 'node:http';

import type { Answer } from '../api.ts';

/** What a client hands on of a page, whatever it holds. */
export type Key = Readonly<Record<string, string>>;

export interface Change {
  readonly credit_delta: number;
  readonly description?: string;
}

/** What an app does with Klaim; how it asks for it is its own affair, since there is no client to copy. */
export interface Client {
  addUser(email: string, userId?: string): Promise<Answer>;
  readUser(userId: string): Promise<Answer>;
  renameUser(userId: string, name: string): Promise<Answer>;
  readCredits(userId: string): Promise<Answer>;
  changeCredits(userId: string, change: Change): Promise<Answer>;
  listUsers(lastKey?: Key): Promise<Answer>;
}

export type ConnectClient = (url: string, key: string) => Client;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body?: string;
}

/** By node:http, which lets a GET have a body. The two documented headers are sent with every call. */
function send(url: string, { method, path, key, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${key}`,
      // By itself it would write none for a GET.
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

/** As the pages print it: reads are POST, what is not there is left out, a cursor is an object in the query. */
const connectByTheLetter: ConnectClient = (url, key) => {
  const call = (method: string, path: string, body?: object): Promise<Answer> =>
    send(url, { method, path, key, ...(body && { body: JSON.stringify(body) }) });
  const toPath = (userId: string): string => `/users/${encodeURIComponent(userId)}`;
  return {
    addUser: (email, userId) => call('POST', '/users', { email, userId }),
    readUser: (userId) => call('POST', toPath(userId)),
    renameUser: (userId, name) => call('PUT', toPath(userId), { name }),
    readCredits: (userId) => call('POST', `${toPath(userId)}/credits`),
    changeCredits: (userId, change) => call('PUT', `${toPath(userId)}/credits`, change),
    listUsers: (lastKey = {}) => {
      const fields = Object.entries(lastKey).map(([name, value]): [string, string] => [
        `starting_after[${name}]`,
        value,
      ]);
      const query = new URLSearchParams(fields).toString();
      return call('GET', query === '' ? '/users' : `/users?${query}`);
    },
  };
};

/** As serialisers of typed languages have it: every field is sent, null where there is nothing, on a GET in its body. */
const connectTyped: ConnectClient = (url, key) => {
  const call = (method: string, path: string, body?: object): Promise<Answer> =>
    send(url, { method, path, key, body: JSON.stringify(body ?? {}) });
  const toPath = (userId: string): string => `/users/${encodeURIComponent(userId)}`;
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
