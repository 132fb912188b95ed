/**
 * What is in the start-up snapshot of the image: `start` with all that it needs loaded and compiled; see
 * scripts/build-startup.ts. Nothing else imports it.
 */
import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

import { compose } from '../compose/compose.ts';
import { readConfig } from '../config/imported-providers.ts';
import { silent } from '../core/values/logger.ts';
import { Connection } from '../http/connection.ts';
import { Outbox } from '../http/outbox.ts';
import { FieldReader } from '../http/whole-request.ts';
import { bundled } from '../providers/index.ts';
import type * as Server from './server.ts';
import { report, resolveFlags, startWith } from './server.ts';
import { findPlainFlags } from './start-flags.ts';

/** What runs once it wakes. Where it is not the one to do it, that is left to the package as it is installed. */
export async function wake(): Promise<void> {
  const load = createRequire(import.meta.url);
  let server: Pick<typeof Server, 'report' | 'startWith'> = { report, startWith };
  try {
    const flags = findPlainFlags(process.argv.slice(2));
    if (!flags) {
      load('./cli/main.js');
      return;
    }
    const options = await resolveFlags(flags);
    // Providers from outside import the package, of which the emulator has to be then.
    if ((options.provider ?? []).length > 0) server = load('./whole.js') as typeof server;
    await server.startWith(options);
  } catch (error) {
    process.exitCode = server.report(error);
  }
}

/**
 * Does once what a start and these requests do, without a port, so that Node keeps what it compiled for that.
 *
 * @param requests to any provider, as they come on a connection
 * @returns what they are answered
 */
export async function rehearse(requests: readonly string[]): Promise<string> {
  const options = await resolveFlags({}, {});
  const composition = await compose({ ...(await readConfig(options, bundled)), isMute: true }, silent);
  let answers = '';
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      answers += chunk.toString();
      done();
    },
  });
  // It has all of a socket that is asked for before a request is given away, which none of these is.
  new Connection(socket as unknown as Socket, {
    answer: composition.answerWhole,
    fields: new FieldReader(),
    outbox: new Outbox(),
    giveAway: () => {
      throw new Error('A request of the rehearsal needs more than its connection.');
    },
    forget: () => undefined,
  });
  for (const request of requests) {
    socket.push(request);
    await new Promise((resolve) => setImmediate(resolve));
  }
  composition.sandboxes.close();
  composition.streams.close();
  await composition.close();
  return answers;
}
