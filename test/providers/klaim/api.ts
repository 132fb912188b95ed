import { expect } from 'vitest';
import type { Response } from 'supertest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import { startApp } from '../../support/emulator.ts';

export const LANTERN = 'klaim_test_lantern';
export const HARBOR = 'klaim_test_harbor';

/** The time at which the clock of the tests stands, in Klaim's format. */
export const NOW = 1_767_225_600_000;
/** A klaim_id that is made then. */
export const anyId = expect.stringMatching(/^1767225600000_[0-9A-Za-z]{5}$/) as string;

/** The parts of a response that a client sees and a test compares. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface KlaimApi {
  call(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object): Promise<Answer>;
  /** Sends the body unchanged. */
  send(method: 'get' | 'post' | 'put', path: string, body: string, type?: string): Promise<Answer>;
  /** Changes the credits of a user. */
  change(userId: string, credit_delta: unknown, others?: object): Promise<Answer>;
  credits(userId: string): Promise<Answer>;
  /** The same emulator with another app's key, or without one. */
  as(key: string | undefined): KlaimApi;
  /** Returns the body of the control API's response. */
  control(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown>;
}

/** Klaim on a fresh emulator, called with the key of the first app. */
export async function startKlaim(options: EmulatorOptions = {}): Promise<KlaimApi> {
  const agent = await startApp({ providers: ['klaim'], ...options });
  const createApi = (key: string | undefined): KlaimApi => {
    const call = async (method: 'get' | 'post' | 'put' | 'delete', path: string, body?: string | object, type = '') => {
      const request = agent[method](`/klaim${path}`);
      if (type !== '') request.set('Content-Type', type);
      if (key !== undefined) request.set('Authorization', `Bearer ${key}`);
      return toAnswer(await (body === undefined ? request : request.send(body)));
    };
    return {
      call,
      send: (method, path, body, type = 'application/json') => call(method, path, body, type),
      change: (userId, credit_delta, others) => call('put', `/users/${userId}/credits`, { credit_delta, ...others }),
      credits: (userId) => call('get', `/users/${userId}/credits`),
      as: createApi,
      async control(method, path, body) {
        const response = await agent[method](`/_emulator${path}`).send(body);
        return response.body as unknown;
      },
    };
  };
  return createApi(LANTERN);
}

function toAnswer({ status, body }: Response): Answer {
  return { status, body };
}

export const message = (status: number, text: string): Answer => ({ status, body: { message: text } });

export const invalidJson = message(400, 'Invalid JSON format in request body');
export const missingFields = message(400, 'missing required fields');
export const unauthorized = message(401, 'Unauthorized');
export const noSuchUser = message(404, 'Can not find user with the given user_id.');
export const conflict = message(409, 'email or user_id already exists');

export function fetched(fields: object): Answer {
  return { status: 200, body: { message: 'fetch resource successfully', ...fields } };
}

export function balance(credits: number): Answer {
  return fetched({ credit_balance: credits });
}

export function updated(credits: number): Answer {
  return { status: 200, body: { message: 'resource updated successfully', credit_balance: credits } };
}

export function created(fields: object): Answer {
  const made = { klaim_id: anyId, credit_balance: 0, created_at: NOW };
  return { status: 200, body: { message: 'resource created successfully', ...made, ...fields } };
}
