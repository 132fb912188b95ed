import type { ProviderTypes } from '../provider/call.ts';
import type { OptionValues } from '../provider/options.ts';
import type { Provider } from '../provider/provider.ts';
import type { BalanceBook } from '../store/balance-book.ts';
import type { History } from '../store/history.ts';
import type { Catalog } from '../store/roots.ts';
import type { Logger } from '../values/logger.ts';
import type { Send } from '../wire/outgoing.ts';
import type { Budget } from './recording.ts';
import type { Seed } from './seed.ts';
import type { Disk } from './sandbox-persistence.ts';

/** What all sandboxes of an emulator share. @typeParam S the sandbox */
export interface SharedBy<S> {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Providers with streaming operations. */
  readonly streaming: readonly Provider[];
  readonly options: Readonly<Record<string, OptionValues<ProviderTypes['options']>>>;
  readonly catalog: Catalog;
  readonly book: BalanceBook;
  /** The seed of sandboxes without one of their own. Replaced when fixtures are loaded again. */
  seed: Seed;
  /** The folder that stores commits beyond the end of the process, if any. */
  readonly disk: Disk | undefined;
  readonly journalSize: number;
  /** The bytes left for recordings, if everything is recorded for a replay. */
  readonly recorded?: Budget | undefined;
  readonly history: History;
  /** Called before the record of a sandbox is cleared. */
  readonly onForget?: ((sandbox: S) => void) | undefined;
  readonly logger: Logger;
  /** Sends webhooks; if left out, none are sent. */
  readonly send?: Send | undefined;
  /** Wakes the sandbox after these milliseconds; `undefined` for never. */
  plan(sandbox: S, delay: number | undefined): void;
}
