import { describe, expect, it, onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../src/config/options.ts';
import { createEmulator } from '../src/compose/emulator.ts';
import { testLogger } from './support/log.ts';
import { findFreePort } from './support/ports.ts';

/** What is warned of while an emulator starts. */
async function listWarnings(options: EmulatorOptions): Promise<readonly unknown[]> {
  const warnings: unknown[] = [];
  const logger = { ...testLogger, warn: (fields: object, message: string) => void warnings.push([fields, message]) };
  const emulator = await createEmulator({ port: 0, providers: ['klaim'], ...options }, logger);
  onTestFinished(() => emulator.close());
  return warnings;
}

describe('an emulator that can be reached from other machines', () => {
  it('says once that its control API asks for no token', async () => {
    expect(await listWarnings({ host: '0.0.0.0' })).toEqual([
      [
        { host: '0.0.0.0' },
        'The control API requires no token, so anyone who reaches this address can read and change everything here.' +
          ' Between your own containers that is fine; elsewhere start with --control-token or --control off.',
      ],
    ]);
  });

  it('says so on the port that the control API has for itself', async () => {
    const { length } = await listWarnings({ host: '0.0.0.0', control: await findFreePort() });
    expect(length).toBe(1);
  });

  it.each<EmulatorOptions>([{ controlToken: 's3cret' }, { control: 'off' }])(
    'says nothing with %j',
    async (options) => {
      expect(await listWarnings({ host: '0.0.0.0', ...options })).toEqual([]);
    },
  );
});

it.each(['127.0.0.1', '127.0.0.2', 'localhost'])(
  'an emulator on %s, for this machine only, says nothing',
  async (host) => {
    expect(await listWarnings({ host })).toEqual([]);
  },
);
