import type { Response } from 'supertest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import { startApp } from '../../support/emulator.ts';

export const LANTERN = 'klaim_test_lantern';
export const HARBOR = 'klaim_test_harbor';

/** The fields of an answer that a client sees and a test compares. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface KlaimApi {
  call(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object): Promise<Answer>;
  /** With a body to the letter. */
  send(method: 'get' | 'post' | 'put', path: string, body: string | Buffer, type?: string): Promise<Answer>;
  /** The same emulator for another app's key, or without one. */
  as(key: string | undefined): KlaimApi;
  /** Fields of the control API's answer. */
  control(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown>;
}

/** Klaim on a fresh emulator, called with the key of the first app. */
export async function startKlaim(options: EmulatorOptions = {}): Promise<KlaimApi> {
  const agent = await startApp({ providers: ['klaim'], ...options });
  const createApi = (key: string | undefined): KlaimApi => ({
    async call(method, path, body) {
      const request = agent[method](`/klaim${path}`);
      if (key !== undefined) request.set('Authorization', `Bearer ${key}`);
      return toAnswer(await (body === undefined ? request : request.send(body)));
    },
    async send(method, path, body, type = 'application/json') {
      const request = agent[method](`/klaim${path}`).set('Content-Type', type);
      if (key !== undefined) request.set('Authorization', `Bearer ${key}`);
      return toAnswer(await request.send(body));
    },
    as: createApi,
    async control(method, path, body) {
      const response = await agent[method](`/_emulator${path}`).send(body);
      return response.body as unknown;
    },
  });
  return createApi(LANTERN);
}

function toAnswer({ status, body }: Response): Answer {
  return { status, body };
}

export function message(status: number, text: string): Answer {
  return { status, body: { message: text } };
}

export const invalidJson = message(400, 'Invalid JSON format in request body');
export const missingFields = message(400, 'missing required fields');
export const unauthorized = message(401, 'Unauthorized');
export const noSuchUser = message(404, 'Can not find user with the given user_id.');
export const conflict = message(409, 'email or user_id already exists');

export function balance(credits: number): Answer {
  return { status: 200, body: { message: 'fetch resource successfully', credit_balance: credits } };
}

export function updated(credits: number): Answer {
  return { status: 200, body: { message: 'resource updated successfully', credit_balance: credits } };
}
