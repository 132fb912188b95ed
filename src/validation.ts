import { fileURLToPath } from 'node:url';

import { compose } from './compose.ts';
import { ConfigError, toConfig, type EmulatorOptions } from './config.ts';
import { Contract } from './core/contract.ts';
import { toBundledUrl } from './core/document.ts';
import { toMessage } from './core/failure.ts';
import { silent } from './core/logger.ts';
import { listWorlds } from './fixtures.ts';
import type { Provider } from './core/provider.ts';
import { bundled } from './providers/index.ts';
import { readFileSource } from './source.ts';

/**
 * Checks configuration, fixtures and documents without starting.
 *
 * @param resolve gives the options that flags, environment and file come to
 * @param files fixtures to check, each alone; if there are none, those of the configuration and all of the package's own
 *   fixtures and documents
 * @returns what is wrong, each with file, line and path; nothing if all is well
 */
export async function validateInstallation(
  resolve: () => Promise<EmulatorOptions>,
  files: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const collect = async (check: () => Promise<void> | void): Promise<void> => {
    try {
      await check();
    } catch (error) {
      faults.push(...(error instanceof ConfigError ? error.message.split('\n') : [toMessage(error)]));
    }
  };
  // What cannot be resolved or does not fit is one fault; the fixtures are looked at in any case.
  let options: EmulatorOptions = {};
  await collect(async () => {
    const resolved = await resolve();
    toConfig(resolved, bundled);
    options = resolved;
  });
  if (files.length === 0) {
    const documents = [
      toBundledUrl('specs/emulator.yaml'),
      ...bundled.flatMap(({ provider }) => listDocuments(provider)),
    ];
    for (const document of documents) await collect(() => checkDocument(fileURLToPath(document)));
  }
  for (const fixtures of files.length > 0 ? files.map((file) => [file]) : toWorlds(options)) {
    await collect(async () => {
      const { sandboxes } = await compose(toConfig({ ...options, fixtures }, bundled), silent);
      sandboxes.close();
    });
  }
  return [...new Set(faults)];
}

/** The configured fixtures go together as they would in a start; a world goes by itself. */
function toWorlds({ fixtures = [] }: EmulatorOptions): readonly (readonly string[])[] {
  const worlds = listWorlds().map((world) => [world]);
  return fixtures.length > 0 ? [fixtures, ...worlds] : worlds;
}

function listDocuments({ document, variants }: Provider): readonly URL[] {
  return [document, ...Object.values(variants?.byValue ?? {}).map((variant) => variant.document)];
}

async function checkDocument(file: string): Promise<void> {
  const { content } = await readFileSource(file);
  try {
    await Contract.load(typeof content === 'object' && content !== null ? content : {}, { check: true });
  } catch (error) {
    throw new ConfigError(`${file}: ${toMessage(error)}`);
  }
}
