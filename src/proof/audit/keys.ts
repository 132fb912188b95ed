import { toCanonical } from './canonical.ts';
import { Recent } from './recent.ts';
import type { Recorded } from './recorded.ts';

/** Keys that are remembered; the oldest are forgotten. */
const MOST = 20_000;
const HEADERS = ['idempotency-key', 'x-idempotency-key'] as const;

/** A key that came with an exchange, or with one item of it. */
export interface KeyUse {
  readonly exchange: Recorded;
  readonly key: string;
  /** Whether it stands where the contract has it. */
  readonly isOfContract: boolean;
  /** Whether it is that of one of several items. */
  readonly isOfItem: boolean;
  /** What it came with: equal texts are one intent. */
  readonly intent: () => string;
}

/** Every use of the idempotency keys of a stretch, as far as one was used more than once. */
export class Keys {
  readonly #first = new Recent<string, KeyUse>(MOST);
  readonly #several = new Map<string, KeyUse[]>();

  take(exchange: Recorded): void {
    for (const use of listKeys(exchange)) {
      const place = toScope(use);
      const known = this.#several.get(place);
      if (known) {
        if (known.length < USES) known.push(use);
        continue;
      }
      const first = this.#first.get(place);
      if (first) this.#several.set(place, [first, use]);
      else this.#first.set(place, use);
    }
  }

  /** Those that came more than once, in the order in which they came. */
  repeated(): Iterable<readonly KeyUse[]> {
    return this.#several.values();
  }
}

/** Of one key that are kept. */
const USES = 64;

/** The keys that an exchange came with; an empty one is none. */
export function listKeys(exchange: Recorded): readonly KeyUse[] {
  const { terms, isWrite } = exchange;
  if (!isWrite || !terms) return NONE;
  const inBody = terms.key === undefined ? NONE : findInBody(exchange, terms.key);
  if (inBody.length > 0) return inBody;
  for (const name of HEADERS) {
    const key = exchange.header(name);
    if (key !== undefined && key !== '') {
      return [{ exchange, key, isOfContract: false, isOfItem: false, intent: () => exchange.intent }];
    }
  }
  return NONE;
}

const NONE: readonly KeyUse[] = [];

function findInBody(exchange: Recorded, place: string): readonly KeyUse[] {
  const { body, terms } = exchange;
  if (typeof body !== 'object' || body === null) return NONE;
  const [list, ofItem] = place.split('[].');
  if (ofItem === undefined) {
    const key: unknown = Reflect.get(body, place);
    if (typeof key !== 'string' || key === '') return NONE;
    return [{ exchange, key, isOfContract: true, isOfItem: false, intent: () => exchange.intent }];
  }
  const items: unknown = Reflect.get(body, list ?? '');
  if (!Array.isArray(items)) return NONE;
  const left = new Set([ofItem, ...(terms?.attemptFields ?? [])]);
  return items.flatMap((item: unknown) => {
    const key: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, ofItem) : undefined;
    if (typeof key !== 'string' || key === '') return [];
    const intent = (): string => toCanonical(item, (name) => left.has(name));
    return [{ exchange, key, isOfContract: true, isOfItem: true, intent }];
  });
}

/** Within what a key is to be new. One that the contract does not know means one thing to a tenant's client, whatever it calls. */
function toScope({ exchange, key, isOfContract }: KeyUse): string {
  const { entry, terms, who } = exchange;
  if (!isOfContract) return [entry.provider, who.tenant, key].join('\n');
  const tenant = terms?.keyScope === 'global' ? '' : who.tenant;
  return [entry.provider, entry.operation, tenant, key].join('\n');
}
