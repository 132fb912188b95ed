import { compose } from './compose.ts';
import { ConfigError, toConfig, type EmulatorOptions } from './config.ts';
import { Contract } from './core/contract.ts';
import { toMessage } from './core/failure.ts';
import { silent } from './core/logger.ts';
import { listWorlds, readFileSource } from './fixtures.ts';
import { bundled } from './providers/index.ts';

/**
 * Checks configuration, documents and fixtures as a start would, and more thoroughly.
 *
 * @param files fixtures to check; those of the configuration and the bundled ones if there are none
 * @returns what is wrong, each with file, line and path; nothing if all is well
 */
export async function validateInstallation(
  options: EmulatorOptions,
  files: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const collect = async (check: () => Promise<unknown>): Promise<void> => {
    try {
      await check();
    } catch (error) {
      faults.push(...(error instanceof ConfigError ? error.message.split('\n') : [toMessage(error)]));
    }
  };
  await collect(async () => {
    for (const { document } of toConfig(options, bundled).providers) {
      const { content } = await readFileSource(document.pathname);
      await Contract.load({ ...toObject(content) }, { check: true });
    }
  });
  const worlds = files.length > 0 ? files : [...new Set([...(options.fixtures ?? []), ...listWorlds()])];
  for (const world of worlds) {
    await collect(async () => {
      const { sandboxes } = await compose(toConfig({ ...options, fixtures: [world] }, bundled), silent);
      sandboxes.close();
    });
  }
  return [...new Set(faults)];
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
