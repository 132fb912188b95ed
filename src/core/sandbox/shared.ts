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

/** What all sandboxes of an emulator have in common. @typeParam S what a sandbox is */
export interface SharedBy<S> {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Those whose replies may go on. */
  readonly streaming: readonly Provider[];
  readonly options: Readonly<Record<string, OptionValues<ProviderTypes['options']>>>;
  readonly catalog: Catalog;
  readonly book: BalanceBook;
  /** Of those that were given none of their own. Another one where fixtures are loaded again. */
  seed: Seed;
  /** Where what is committed outlives the process, if anywhere. */
  readonly disk: Disk | undefined;
  readonly journalSize: number;
  /** Where all that happens is kept so that it can be repeated, for how much there is room. */
  readonly recorded?: Budget | undefined;
  readonly history: History;
  /** Called before the record of a sandbox is cleared. */
  readonly onForget?: ((sandbox: S) => void) | undefined;
  readonly logger: Logger;
  /** How webhooks are sent; left out, none is. */
  readonly send?: Send | undefined;
  /** Has the sandbox woken after so many milliseconds; `undefined` for not at all. */
  plan(sandbox: S, delay: number | undefined): void;
}
