import { request as open } from 'node:http';

import type { Ask } from './client.ts';
import type { Quiet } from './quiet.ts';
import { readProcessorTime } from './rates.ts';
import type { Bench } from './row.ts';
import type { Server, Servers } from './servers.ts';

/** One exchange, measured on three servers that give the same answer: bare `node:http`, bare Express 5 and ours. */
export interface Contest {
  /** As `--only` names it. */
  readonly id: string;
  readonly title: string;
  readonly toAsk: (server: Server) => Ask;
  /** The command line with its default settings where nothing else is said. */
  readonly start?: (servers: Servers, id: string) => Promise<Server>;
  /** The most processor time for an exchange that is aimed at, to that of `node:http`. */
  readonly most?: number;
  /** The least that is aimed at in Express's terms: its processor time to ours. */
  readonly least?: number;
}

/** Of one server in one round. */
export interface Effort {
  /** Microseconds of processor time for each exchange. */
  readonly cpu: number;
  /** Exchanges per second. */
  readonly rate: number;
}

export interface ContestSample {
  readonly http: Effort;
  readonly express: Effort;
  readonly ours: Effort;
}

export type Contestant = keyof ContestSample;
export type Contestants = Readonly<Record<Contestant, () => Promise<Effort>>>;

/** Measurements that are thrown away: a server is at its speed some ten thousand requests after its start. */
const WARM_UPS = 3;

/** Starts the three and warms them up. */
export async function prepareContest({ load, servers }: Bench, contest: Contest): Promise<Contestants> {
  const { id, toAsk, start } = contest;
  const ours = await (start ? start(servers, id) : servers.emulator(id));
  const ask = toAsk(ours);
  const answer = await record(ask);
  const { pathname, search } = new URL(ask.url);
  const toMeasure = (server: Server, asked: Ask) => async (): Promise<Effort> => {
    const before = readProcessorTime(server.pid);
    const { answers, seconds } = await load.measure(asked);
    return { cpu: (readProcessorTime(server.pid) - before) / answers, rate: answers / seconds };
  };
  const meet = async (kind: 'http' | 'express'): Promise<() => Promise<Effort>> => {
    const server = await servers.answering(kind, id, { ...answer, method: ask.method, path: pathname });
    return toMeasure(server, { ...ask, url: `${server.url}${pathname}${search}` });
  };
  const contestants = { http: await meet('http'), express: await meet('express'), ours: toMeasure(ours, ask) };
  for (let time = 0; time < WARM_UPS; time += 1) {
    for (const measure of Object.values(contestants)) await measure();
  }
  return contestants;
}

/**
 * Who goes first changes with every round. Each has rested while others were measured, and makes code anew that V8 threw away
 * meanwhile; so that what counts is a server at its speed, a measurement that does not count comes in front of each.
 */
export async function measureContest(quiet: Quiet, contestants: Contestants, round: number): Promise<ContestSample> {
  const names = ['http', 'express', 'ours'] as const;
  const efforts: Partial<Record<Contestant, Effort>> = {};
  for (let turn = 0; turn < names.length; turn += 1) {
    const name = names[(round + turn) % names.length] ?? 'ours';
    const measure = contestants[name];
    efforts[name] = await quiet.take(async () => {
      await measure();
      return measure();
    });
  }
  return efforts as ContestSample;
}

/** What `node:http` brings itself. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

interface Recorded {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The answer as it came, for others to give. @throws where it has another status than the one that is asked for */
function record({ url, method, headers, body, status }: Ask): Promise<Recorded> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode !== status) {
          reject(new Error(`${method} ${url} answers ${response.statusCode ?? 0} and not ${status}: ${text}`));
          return;
        }
        const kept = response.rawHeaders.flatMap((name, at, all) =>
          at % 2 === 0 && !OWN.has(name.toLowerCase()) ? [name, all[at + 1] ?? ''] : [],
        );
        resolve({ status, headers: kept, body: text });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
