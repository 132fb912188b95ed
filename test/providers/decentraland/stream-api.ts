import { expect } from 'vitest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import type { Emulator } from '../../../src/compose/emulator.ts';
import { startEmulator } from '../../support/emulator.ts';
import { follow, listen, type Followed, type FollowOptions, type Listener } from '../../support/events.ts';
import type { Answer } from './api.ts';

export { RICH } from './api.ts';

/** The data of an event, in the format `document`. */
export interface Snapshot {
  readonly credits: readonly { readonly id: string; readonly amount: number; readonly status: string }[];
  readonly totalCredits: number;
}

type Fields = Readonly<Record<string, string>>;

export interface StreamApi {
  readonly emulator: Emulator;
  readonly listen: (wallet: string, headers?: Fields) => Listener<Snapshot>;
  /** Follows a stream at the level of HTTP; the path is one of the provider's. */
  readonly follow: (path: string, options?: FollowOptions) => Promise<Followed<Snapshot>>;
  /** Reads the list of the wallet's credits. */
  readonly credits: (wallet: string, headers?: Fields) => Promise<unknown>;
  readonly register: (wallet: string) => Promise<Answer>;
  /** Calls the control API. */
  readonly act: (method: string, path: string, body?: object, headers?: Fields) => Promise<Answer>;
  /** Runs a control that succeeds. */
  readonly control: (name: string, args: object, headers?: Fields) => Promise<void>;
}

export function streamOf(wallet: string): string {
  return `/users/${wallet}/credits/stream`;
}

/** Starts an emulator with this provider only, to follow its streams. */
export async function startStreams(options: EmulatorOptions = {}): Promise<StreamApi> {
  const emulator = await startEmulator({ providers: ['decentraland'], ...options });
  const base = emulator.urls.decentraland;
  const act: StreamApi['act'] = async (method, path, body, headers) =>
    send(`${emulator.url}/_emulator${path}`, method, body, headers);
  return {
    emulator,
    listen: (wallet, headers) => listen(base + streamOf(wallet), headers),
    follow: (path, asked) => follow(base + path, asked),
    credits: async (wallet, headers) => (await send(`${base}/users/${wallet}/credits`, 'GET', undefined, headers)).body,
    register: (address) => send(`${base}/users`, 'POST', { address }),
    act,
    control: async (name, args, headers) => {
      expect(await act('POST', `/controls/decentraland/${name}`, args, headers)).toMatchObject({ status: 200 });
    },
  };
}

async function send(url: string, method: string, body?: object, headers: Fields = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
