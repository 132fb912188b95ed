import { compose } from '../../compose/compose.ts';
import { ConfigError } from '../../core/values/config-error.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/imported-providers.ts';
import { version } from '../../config/version.ts';
import type { Provider } from '../../core/provider/provider.ts';
import { Clock, LONGEST_TIMER, renderInstant } from '../../core/values/clock.ts';
import { silent } from '../../core/values/logger.ts';
import { bundled } from '../../providers/index.ts';
import { readBundle } from '../../bundles/bundle-file.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import { runComparison, type Manner } from './comparison.ts';
import { CredentialBook } from './credentials.ts';
import { Emulated } from './emulated.ts';
import { listBundledReads, listExampleReads } from './reads.ts';
import { toReport, type Report } from './report.ts';
import { askService } from './sender.ts';
import { parseHeaders, parseTarget } from './remote-service.ts';

export interface CompareOptions extends Omit<Manner, 'onRead'> {
  /** The id of a bundled provider, or a file that exports a provider. */
  readonly provider: string;
  /** The URL of the real service. */
  readonly target: string;
  /** Headers such as `Name: value`. */
  readonly headers: readonly string[];
  /** The bundle whose reads are sent. Default: the examples of the document. */
  readonly bundle?: string | undefined;
  /** Options for the emulator, such as `provider.option=value`. */
  readonly set: readonly string[];
  /** @param count the number of all reads */
  readonly onRead?: (count: number) => void;
}

/**
 * Sends the same reads to a real service and to a new emulator in this process, and reports the differences.
 *
 * @throws {ConfigError}
 */
export async function compareWithService(options: CompareOptions): Promise<Report> {
  const { provider: named, onRead, limit } = options;
  // Node turns a longer timer into one of a millisecond.
  const patience = Math.min(options.patience, LONGEST_TIMER);
  const pause = Math.min(options.pause, LONGEST_TIMER);
  const given = parseHeaders(options.headers);
  const bundle = options.bundle === undefined ? undefined : await readBundle(options.bundle);
  const { config, provider } = await toOurs(named, bundle, options.set);
  const target = parseTarget(options.target, provider.basePaths);
  const { replayEnvironment, ...composition } = await compose({ ...config, isMute: true }, silent);
  try {
    const service = replayEnvironment.services.get(provider.id);
    if (!service) throw new Error(`"${provider.id}" is not there, although it was configured.`);
    const basePaths = target.basePath === undefined ? (provider.basePaths ?? ['']) : [target.basePath];
    const reading = bundle ? listBundledReads(bundle, service, basePaths) : listExampleReads(service, basePaths);
    const count = reading.scenes.reduce((sum, { reads }) => sum + reads.length, 0);
    const sides = {
      ours: new Emulated(replayEnvironment, service),
      book: new CredentialBook(service, provider.secrets, given),
      ask: (outgoing: Parameters<typeof askService>[1]) => askService(target, outgoing, patience),
    };
    const at = renderInstant(new Clock().now());
    const comparison = await runComparison(reading, sides, {
      ...{ patience, pause, limit },
      onRead: () => onRead?.(count),
    });
    const head = { version, provider: provider.id, target: target.host, at };
    return toReport(head, comparison);
  } finally {
    composition.sandboxes.close();
    composition.streams.close();
    await composition.close();
  }
}

/** Matches a path, which is not an id. */
const FILE = /[\\/.]/;

async function toOurs(
  named: string,
  bundle: Bundle | undefined,
  set: readonly string[],
): Promise<{ readonly config: Config; readonly provider: Provider }> {
  const isFile = FILE.test(named);
  const { options } = bundle ?? {};
  const config = await readConfig(
    {
      ...(options ?? (isFile ? {} : { providers: [named] })),
      ...{ set: [...(options?.set ?? []), ...set], requestFaults: false, port: 0, control: 'on' },
      ...(isFile && { provider: [named] }),
    },
    bundled,
  );
  const ids = new Set(bundled.map(({ provider }) => provider.id));
  const provider = config.providers.find(({ id }) => (isFile ? !ids.has(id) : id === named));
  if (provider) return { config, provider };
  const known = config.providers.map(({ id }) => id).join(', ');
  throw new ConfigError(`There is nothing of "${named}" in the bundle. It has ${known}.`);
}
