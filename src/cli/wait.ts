import { setTimeout as sleep } from 'node:timers/promises';

import type { CommandModule } from 'yargs';

import { monotonic } from '../core/values/clock.ts';
import { parseDuration } from '../core/values/duration.ts';
import { toMessage } from '../core/values/message.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { NotVerified, UsageError } from './report.ts';

const PAUSE = 50;
/** Milliseconds that even the last try has. */
const SHORTEST = 200;

export const wait: CommandModule<object, ClientFlags & { readonly timeout: string }> = {
  command: 'wait',
  describe: 'Return when a running emulator is ready',
  builder: (yargs) =>
    clientFlags(yargs)
      .option('timeout', { type: 'string', default: '30s', requiresArg: true, describe: '10s, PT10S or milliseconds' })
      .example('$0 wait --timeout 10s', ''),
  handler: async (flags) => {
    const deadline = monotonic() + parseTimeout(flags.timeout);
    for (;;) {
      try {
        await withSandbox(flags, (_, emulator) => emulator.ready(), Math.max(deadline - monotonic(), SHORTEST));
        if (flags.json) process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
        return;
      } catch (error) {
        if (!(error instanceof NotVerified) || monotonic() >= deadline) throw error;
        await sleep(PAUSE);
      }
    }
  },
};

/** As people write it, "30s", and as everything else here does, "PT30S". */
function parseTimeout(text: string): number {
  try {
    return parseDuration(/^\d+(\.\d+)?[smh]$/i.test(text) ? `PT${text.toUpperCase()}` : text);
  } catch (error) {
    throw new UsageError(`--timeout: ${toMessage(error)}`);
  }
}
