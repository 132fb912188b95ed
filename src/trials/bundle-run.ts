import { listRequests, type Bundle } from '../bundles/bundle.ts';
import { NotPlayable } from '../bundles/player.ts';
import { replay, type Replayed } from '../bundles/replay.ts';
import { compose } from '../compose/compose.ts';
import { readConfig } from '../config/imported-providers.ts';
import { ConfigError } from '../core/values/config-error.ts';
import { silent } from '../core/values/logger.ts';
import { quote } from '../core/values/quotation.ts';
import { bundled } from '../providers/index.ts';

/**
 * Replays a bundle against a new emulator.
 *
 * @param files JavaScript files of providers that are not bundled
 * @throws {ConfigError} @throws {NotPlayable} @throws {NotRecorded}
 */
export async function playBundle(bundle: Bundle, files: readonly string[] = []): Promise<Replayed> {
  const { redacted, options } = bundle;
  if (redacted && redacted.length > 0) {
    throw new NotPlayable(`It was saved without secrets, so these parts cannot be replayed: ${describe(redacted)}.`);
  }
  const config = await readConfig({ ...options, provider: files, record: true, port: 0, control: 'on' }, bundled);
  const there = new Set(config.providers.map(({ id }) => id));
  for (const { id, provider } of listRequests(bundle)) {
    if (there.has(provider)) continue;
    throw new ConfigError(
      `The request ${quote(id)} is for the provider ${quote(provider)}, which is not bundled. Add it with --provider FILE.`,
    );
  }
  const composition = await compose(config, silent);
  try {
    return await replay(bundle, composition.replayEnvironment);
  } finally {
    composition.sandboxes.close();
    composition.streams.close();
    await composition.close();
  }
}

const SHOWN = 5;

function describe(ids: readonly string[]): string {
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  return `${ids.slice(0, SHOWN).join(', ')}${more}`;
}
