import type { ConnectClient } from './client.ts';
import { connectCppV2 } from './cpp-v2.ts';
import { connectCsharpV2 } from './csharp-v2.ts';
import { connectCsharpV3 } from './csharp-v3.ts';
import { connectJavascriptV2 } from './javascript-v2.ts';
import { connectJavascriptV3 } from './javascript-v3.ts';

/** A client, and in what its sessions differ from those of the others. */
export interface Dialect {
  readonly name: string;
  readonly connect: ConnectClient;
  readonly version: 'v2' | 'v3';
  /** Requests that it sends of its own accord after a sign-up and after a sign-in. */
  readonly followUps: 0 | 2;
  /** Whether it can give an item back, and say that the price is to be returned. */
  readonly removal: 'reimburses' | 'plain' | 'broken';
  /** Whether it can ask for the best entry of each user of a game. */
  readonly onePerUser: boolean;
  /** The fields of an entry that say what else it was added with: `{ laps: 3 }`, and nothing. */
  readonly laps: object;
  readonly nothing: object;
  /** What it sees when a name is taken. */
  readonly taken: { readonly status: number; readonly succeeded: boolean };
}

const V2 = {
  version: 'v2',
  onePerUser: true,
  nothing: { extra_attributes: '{}' },
  taken: { status: 299, succeeded: false },
} as const;

const V3 = {
  version: 'v3',
  followUps: 0,
  laps: { metadata: '{"laps":3}' },
  nothing: { metadata: '{}' },
  taken: { status: 422, succeeded: false },
} as const;

export const dialects: readonly Dialect[] = [
  {
    ...V2,
    name: 'JavaScript v2',
    connect: connectJavascriptV2,
    followUps: 2,
    removal: 'reimburses',
    laps: { extra_attributes: '{"laps": 3}' },
    taken: { status: 299, succeeded: true },
  },
  {
    ...V2,
    name: 'C# v2',
    connect: connectCsharpV2,
    followUps: 2,
    removal: 'reimburses',
    laps: { extra_attributes: '{"laps": 3}' },
  },
  {
    ...V2,
    name: 'C++ v2',
    connect: connectCppV2,
    followUps: 0,
    removal: 'broken',
    laps: { extra_attributes: '{\n\t"laps": "3"\n}' },
  },
  { ...V3, name: 'JavaScript v3', connect: connectJavascriptV3, removal: 'reimburses', onePerUser: true },
  { ...V3, name: 'C# v3', connect: connectCsharpV3, removal: 'plain', onePerUser: false },
];
