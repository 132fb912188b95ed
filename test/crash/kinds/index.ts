import { decentralandUsd } from './decentraland-usd.ts';
import { decentraland } from './decentraland.ts';
import { gamefuse } from './gamefuse.ts';
import { inveterate, toSubscription } from './inveterate.ts';
import type { Kind } from './kind.ts';
import { klaim } from './klaim.ts';
import { openmonetize } from './openmonetize.ts';

const KINDS: readonly Kind<unknown>[] = [klaim, gamefuse, decentraland, inveterate, openmonetize, decentralandUsd];

export function toKind(number: number): Kind<unknown> {
  const kind = KINDS[number % KINDS.length];
  if (!kind) throw new Error(`No kind of account for client ${number}.`);
  return kind;
}

/**
 * The seed of a run: what is seeded by default, an account for each client, and who is told of changes, if anybody is.
 *
 * @param hook where that is; nobody is told where there is none
 */
export function toFixture(clients: number, hook?: string): object {
  const sections: Record<string, Record<string, object[]>> = {};
  for (let number = 0; number < clients; number += 1) {
    const kind = toKind(number);
    const section = (sections[kind.provider] ??= {});
    for (const [collection, records] of Object.entries(kind.fixture(number))) {
      (section[collection] ??= []).push(...records);
    }
  }
  if (hook !== undefined) (sections[inveterate.provider] ??= {})['subscriptions'] = [toSubscription(hook)];
  return { extends: 'default', ...sections };
}
