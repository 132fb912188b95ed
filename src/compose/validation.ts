import { fileURLToPath } from 'node:url';

import { compose } from './compose.ts';
import { ConfigError } from '../core/values/config-error.ts';
import { readConfig } from '../config/imported-providers.ts';
import type { EmulatorOptions } from '../config/options.ts';
import { Contract } from '../core/contract/contract.ts';
import { toMessage } from '../core/values/message.ts';
import { silent } from '../core/values/logger.ts';
import { listWorlds } from '../fixtures/worlds.ts';
import type { Provider } from '../core/provider/provider.ts';
import { toBlame } from '../core/provider/blame.ts';
import { toVariant } from '../core/provider/variant.ts';
import { findOperationMistakes } from '../core/provider/provider-check.ts';
import { bundled } from '../providers/index.ts';
import { readFileSource } from '../fixtures/source.ts';

/** What was checked: files and worlds by name, providers by id, documents by file. */
export interface Checked {
  readonly files: readonly string[];
  readonly worlds: readonly string[];
  readonly providers: readonly string[];
  readonly documents: readonly string[];
}

export interface Validation {
  /** Errors, each with file, line and path. */
  readonly mistakes: readonly string[];
  readonly checked: Checked;
}

/**
 * Checks configuration, fixtures and documents without starting.
 *
 * @param resolve returns the options of flags, environment and file
 * @param files fixtures to check, each alone. If empty, checks the configured fixtures, the bundled worlds and the
 *   documents of providers that are not bundled; tests check the bundled documents
 */
export async function validateInstallation(
  resolve: () => Promise<EmulatorOptions>,
  files: readonly string[],
): Promise<Validation> {
  const mistakes: string[] = [];
  const collect = async (check: () => Promise<void> | void): Promise<void> => {
    try {
      await check();
    } catch (error) {
      mistakes.push(
        ...(error instanceof ConfigError ? error.message.split('\n') : [`${toMessage(error)}${toBlame(error)}`]),
      );
    }
  };
  // Fixtures are checked even if the configuration has an error.
  let options: EmulatorOptions = {};
  let known = bundled.map(({ provider }) => provider);
  await collect(async () => {
    const resolved = await resolve();
    const { providers } = await readConfig(resolved, bundled);
    options = resolved;
    known = [...known, ...providers.filter(({ id }) => known.every((one) => one.id !== id))];
  });
  const contracts = files.length > 0 ? [] : known.filter(isForeign).flatMap(listContracts);
  for (const provider of contracts) await collect(() => checkDocument(provider));
  for (const fixtures of files.length > 0 ? files.map((file) => [file]) : toWorlds(options)) {
    await collect(async () => {
      const config = await readConfig({ ...options, fixtures }, bundled);
      // Never opens the data folder.
      const { sandboxes } = await compose({ ...config, data: undefined }, silent);
      sandboxes.close();
    });
  }
  const worlds = listWorlds();
  const given = files.length > 0 ? files : (options.fixtures ?? []);
  const named = given.map((one, index) => (typeof one === 'string' ? one : `fixtures[${index}]`));
  return {
    mistakes: [...new Set(mistakes)],
    checked: {
      files: named.filter((name) => !worlds.includes(name)),
      worlds: files.length > 0 ? files.filter((name) => worlds.includes(name)) : worlds,
      providers: known.map(({ id }) => id),
      documents: [...new Set(contracts.map(({ document }) => fileURLToPath(document)))],
    },
  };
}

/** Lists what is loaded together: the configured fixtures as in a start, and each world by itself. */
function toWorlds({ fixtures = [] }: EmulatorOptions): readonly NonNullable<EmulatorOptions['fixtures']>[] {
  const worlds = listWorlds().map((world) => [world]);
  return fixtures.length > 0 ? [fixtures, ...worlds] : worlds;
}

/** The provider and each of its variants. */
function listContracts(provider: Provider): readonly Provider[] {
  const { option = '', byValue = {} } = provider.variants ?? {};
  return [provider, ...Object.keys(byValue).map((name) => toVariant(provider, { [option]: name }))];
}

/** Whether a provider is from outside. Tests compare the package's own documents with their code. */
function isForeign({ id }: Provider): boolean {
  return !bundled.some(({ provider }) => provider.id === id);
}

async function checkDocument(provider: Provider): Promise<void> {
  const file = fileURLToPath(provider.document);
  const { content } = await readFileSource(file);
  let document: object;
  try {
    ({ document } = await Contract.load(typeof content === 'object' && content !== null ? content : {}, {
      check: true,
    }));
  } catch (error) {
    throw new ConfigError(`${file}: ${toMessage(error)}`);
  }
  const mistakes = findOperationMistakes(provider, document);
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
}
