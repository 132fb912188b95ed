import { toBlame } from '../provider/blame.ts';
import type { Context, ProviderTypes } from '../provider/call.ts';
import type { Provider } from '../provider/provider.ts';
import type { TransactionCause } from '../store/commit.ts';
import type { DueItem } from '../store/due.ts';
import type { Logger } from '../values/logger.ts';
import { toMessage } from '../values/message.ts';
import type { TransactionOptions } from './transaction.ts';

interface Home {
  readonly name: string;
  transaction(
    provider: Provider,
    cause: TransactionCause,
    work: (context: Context<ProviderTypes>) => void,
    options: TransactionOptions,
  ): unknown;
}

/**
 * Creates the function that runs one scheduled item of a sandbox.
 *
 * @param drop deletes the item inside a transaction, or, with a cause, in a transaction of its own
 */
export function createDueRun(
  home: Home,
  { providers, logger }: { readonly providers: ReadonlyMap<string, Provider>; readonly logger: Logger },
  drop: (item: DueItem, cause?: TransactionCause) => void,
): (item: DueItem) => void {
  return (item) => {
    const { provider: id, kind, payload, at } = item;
    const provider = providers.get(id);
    const cause: TransactionCause = { kind: 'due', provider: id, operation: kind };
    try {
      if (!provider?.due?.[kind]) throw new Error(`"${id}" has no scheduled items of kind "${kind}".`);
      const run = provider.due[kind];
      const work = (context: Context<ProviderTypes>): void => {
        drop(item);
        run(context, payload);
      };
      home.transaction(provider, cause, work, { at });
    } catch (error) {
      const fields = { sandbox: home.name, provider: id, due: kind, error: toMessage(error) };
      logger.error(fields, `a scheduled item failed${toBlame(error)}`);
      // It is deleted all the same: otherwise it would fail before every later exchange.
      drop(item, cause);
    }
  };
}
