import { createServer } from 'node:http';

import supertest from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { onTestFinished } from 'vitest';

import { compose } from '../../src/compose/compose.ts';
import { toConfig } from '../../src/config/config.ts';
import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Files } from '../../src/core/store/disk/files.ts';
import type { Sandboxes } from '../../src/core/sandbox/sandboxes.ts';
import type { Logger } from '../../src/core/values/logger.ts';
import { bundled } from '../../src/providers/index.ts';
import { START } from './emulator.ts';
import { testLogger } from './log.ts';

/** An emulator with a data folder, on a server of the test's own. */
export interface OnDisk {
  readonly agent: TestAgent;
  readonly url: string;
  readonly sandboxes: Sandboxes;
  /** Stops in good order. */
  close: () => Promise<void>;
}

export interface OnDiskOptions extends EmulatorOptions {
  readonly data: string;
  /** In the place of the file system. */
  readonly files?: Files;
  readonly logger?: Logger;
}

/** Its clock is frozen at START. Closed when the test ends, unless it was before. */
export async function startOnDisk({ files, logger = testLogger, ...options }: OnDiskOptions): Promise<OnDisk> {
  const config = toConfig({ clock: START, ...options }, bundled);
  const composition = await compose(config, logger, files ? { files } : {});
  const { loadApp, sandboxes, streams } = composition;
  const server = createServer(loadApp());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    sandboxes.close();
    streams.close();
    server.close();
    server.closeAllConnections();
    await composition.close();
  };
  const closeOnce = (): Promise<void> => (closing ??= close());
  onTestFinished(closeOnce);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { agent: supertest(server), url: `http://127.0.0.1:${port}`, sandboxes, close: closeOnce };
}
